import { app } from '../core/foreign-world.ts'
import type { CaseResult, Subject } from '../subject/subject.ts'
import { createCaller } from './ask.ts'
import { runCases, runReplays } from './cases.ts'
import { deviations, differing } from './deviations.ts'
import { startIssuer, type Issuer } from './issuer.ts'
import { builtApi, springBoot35, springBoot41, type SpringBoot } from './project.ts'
import { startApi, type ApiSettings } from './running-api.ts'

/** Resource servers of Spring Boot, made of the guide's files, which verify access tokens with what Spring Security has. */
export const springBootSubjects: readonly Subject[] = [
  { id: 'spring-boot:4.1', run: () => runBound(springBoot41) },
  { id: 'spring-boot:4.1-bearer', run: () => runBearer(springBoot41) },
  { id: 'spring-boot:3.5', run: () => runBound(springBoot35) },
]

async function runBound(version: SpringBoot): Promise<CaseResult[]> {
  return withApi(version, 'bound', async (url, issuer, start) => {
    const caller = createCaller(url)
    const tried = { line: version.line, issuer, caller }
    const other = await start({ audience: url })
    try {
      // The replays come last: they may use up what a phone may send.
      return [
        ...(await runCases(tried, 'bound')),
        ...(await runReplays(tried, other.url)),
        allListed(version),
      ]
    } finally {
      caller.close()
      await other.stop()
    }
  })
}

async function runBearer(version: SpringBoot): Promise<CaseResult[]> {
  return withApi(version, 'bearer', async (url, issuer) => {
    const caller = createCaller(url)
    const results = await runCases({ line: version.line, issuer, caller }, 'bearer')
    caller.close()
    return results
  })
}

type Start = (more: Partial<ApiSettings>) => ReturnType<typeof startApi>

async function withApi(
  version: SpringBoot,
  mode: ApiSettings['mode'],
  run: (url: string, issuer: Issuer, start: Start) => Promise<CaseResult[]>,
): Promise<CaseResult[]> {
  const jar = await builtApi(version)
  const issuer = await startIssuer()
  try {
    const start: Start = (more) => startApi(jar, { issuer: issuer.url, app, mode, ...more })
    const api = await start({})
    issuer.serve(api.url)
    try {
      return await run(api.url, issuer, start)
    } finally {
      await api.stop()
    }
  } finally {
    issuer.close()
  }
}

/** A deviation whose case is gone would stay in the list for ever. */
function allListed({ line }: SpringBoot): CaseResult {
  const names: readonly string[] = Object.values(differing)
  const stale = deviations.filter(({ lines, of }) => lines.includes(line) && !names.includes(of))
  return {
    name: 'every listed deviation has a case',
    fault: stale.length === 0 ? undefined : stale.map(({ of }) => of).join(', '),
  }
}
