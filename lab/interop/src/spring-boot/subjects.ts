import { app } from '../core/foreign-world.ts'
import { closedBy } from '../subject/resources.ts'
import type { CaseResult, Subject } from '../subject/subject.ts'
import { createCaller } from './ask.ts'
import { runCases, runReplays, type Tried } from './cases.ts'
import { deviations, differing } from './deviations.ts'
import { startIssuer } from './issuer.ts'
import { builtApi, springBoot35, springBoot41, type SpringBoot } from './project.ts'
import { startApi, type ApiSettings, type RunningApi } from './running-api.ts'

/** Resource servers of Spring Boot, made of the guide's files, which verify access tokens with what Spring Security has. */
export const springBootSubjects: readonly Subject[] = [
  { id: 'spring-boot:4.1', run: () => runBound(springBoot41) },
  { id: 'spring-boot:4.1-bearer', run: () => runBearer(springBoot41) },
  { id: 'spring-boot:3.5', run: () => runBound(springBoot35) },
]

async function runBound(version: SpringBoot): Promise<CaseResult[]> {
  return withApi(version, 'bound', async (tried, start) => {
    await using other = await start({ audience: tried.caller.name })
    return [
      ...(await runCases(tried, 'bound')),
      // The replays come last: they may use up what a phone may send.
      ...(await runReplays(tried, other.url)),
      allListed(version),
    ]
  })
}

async function runBearer(version: SpringBoot): Promise<CaseResult[]> {
  return withApi(version, 'bearer', (tried) => runCases(tried, 'bearer'))
}

type Start = (more: Partial<ApiSettings>) => Promise<RunningApi & AsyncDisposable>

async function withApi(
  version: SpringBoot,
  mode: ApiSettings['mode'],
  run: (tried: Tried, start: Start) => Promise<CaseResult[]>,
): Promise<CaseResult[]> {
  const jar = await builtApi(version)
  await using issuer = await startIssuer()
  const start: Start = async (more) =>
    closedBy(await startApi(jar, { issuer: issuer.url, app, mode, ...more }), ({ stop }) => stop())
  await using api = await start({})
  issuer.serve(api.url)
  await using caller = closedBy(createCaller(api.url), ({ close }) => close())
  return await run({ line: version.line, issuer, caller }, start)
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
