import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { bundle } from '../core/bundle.ts'
import { createWorld, now, type World } from '../core/foreign-world.ts'
import { readRequests } from '@assay/vectors/requests'
import { closedBy, listen, temporaryFolder } from '../subject/resources.ts'
import { install } from '../subject/subject.ts'
import type { CaseResult, Subject } from '../subject/subject.ts'

const entry = path.join(import.meta.dirname, `in-worker.entry${path.extname(import.meta.filename)}`)

/** As much of Miniflare as is used here. */
interface Miniflare {
  dispatchFetch(
    url: string,
    init?: { method?: string; body?: string; headers?: Record<string, string> },
  ): Promise<{ text(): Promise<string> }>
  dispose(): Promise<void>
}

/** The guard in workerd, as Cloudflare runs it: its core, and keys that expire while no request waits for them. */
export const workerdSubject: Subject = {
  id: 'guard:workerd',
  async run() {
    // The newest that runs on Node 20.
    const folder = await install('guard-workerd', { miniflare: '4.20260426.0' })
    const { Miniflare } = createRequire(path.join(folder, 'package.json'))('miniflare') as {
      Miniflare: new (options: object) => Miniflare
    }
    await using into = await temporaryFolder('worker')
    const script = await readFile(await bundle(entry, into.path), 'utf8')
    const start = (jwksUrl: string) => {
      const bindings = { JWKS_URL: jwksUrl }
      const options = { modules: true, script, compatibilityDate: '2026-04-01', bindings }
      return closedBy(new Miniflare(options), (worker) => worker.dispose())
    }
    return [...(await runCore(start)), ...(await runKeys(start))]
  },
}

type Start = (jwksUrl: string) => Miniflare & AsyncDisposable

async function runCore(start: Start): Promise<CaseResult[]> {
  await using worker = start('https://attest.example/jwks')
  const body = JSON.stringify(readRequests())
  const response = await worker.dispatchFetch('http://worker/cases', { method: 'POST', body })
  return JSON.parse(await response.text()) as CaseResult[]
}

/** One guard for the life of a worker, with a clock that is advanced. Each step: seconds ahead, and the expected result. */
interface KeyCase {
  readonly name: string
  /** Whether the guard is told how to go on after the answer. */
  readonly inBackground: boolean
  readonly steps: readonly (readonly [ahead: number, issuer: 'answers' | 'hangs', expected: string])[]
}

const keyCases: readonly KeyCase[] = [
  {
    name: 'keys are renewed in the background',
    inBackground: true,
    steps: [
      [0, 'answers', 'ok'],
      [301, 'answers', 'ok'],
      [700, 'answers', 'ok'],
      [4000, 'answers', 'ok'],
    ],
  },
  {
    name: 'keys are renewed where the runtime drops what a request leaves behind',
    inBackground: false,
    steps: [
      [0, 'answers', 'ok'],
      [301, 'answers', 'ok'],
      [700, 'answers', 'ok'],
      [1400, 'answers', 'ok'],
      [4000, 'answers', 'ok'],
      [9000, 'answers', 'ok'],
    ],
  },
  ...[true, false].map((inBackground): KeyCase => ({
    name: `an issuer that hangs holds nobody up, ${inBackground ? 'in the background' : 'nor where there is none'}`,
    inBackground,
    steps: [
      [0, 'answers', 'ok'],
      [301, 'hangs', 'ok'],
      [601, 'hangs', 'ok'],
      [602, 'hangs', 'ok'],
      [700, 'hangs', 'ok'],
      [4200, 'hangs', 'ok'],
      [4201, 'hangs', 'KEY_SOURCE_FAILED'],
      [4300, 'answers', 'ok'],
    ],
  })),
]

async function runKeys(start: Start): Promise<CaseResult[]> {
  const world = await createWorld()
  await using issuer = await startIssuer(world)
  const results: CaseResult[] = []
  for (const each of keyCases) {
    await using worker = start(issuer.url)
    results.push({ name: each.name, fault: await faultOf(each, worker, world, issuer) })
    issuer.answer()
  }
  return results
}

/** Milliseconds after which a request counts as hanging: far more than any time limit inside. */
const forever = 20_000

async function faultOf(
  { inBackground, steps }: KeyCase,
  worker: Miniflare,
  world: World,
  issuer: Issuer,
): Promise<string | undefined> {
  for (const [ahead, state, expected] of steps) {
    if (state === 'hangs') issuer.hang()
    else issuer.answer()
    const iat = now + ahead
    const token = await world.token({ mode: 'bearer', iat, exp: iat + 300 })
    const asked = worker
      .dispatchFetch(`http://worker/?ahead=${ahead}${inBackground ? '' : '&alone'}`, {
        headers: { 'OAuth-Client-Attestation': token },
      })
      .then((response) => response.text())
    let timer: NodeJS.Timeout | undefined
    const hung = new Promise<string>((resolve) => (timer = setTimeout(resolve, forever, 'no answer')))
    const seen = await Promise.race([asked, hung])
    clearTimeout(timer)
    if (seen !== expected) return `${seen} in the place of ${expected}, ${ahead} s ahead`
  }
  return undefined
}

interface Issuer extends AsyncDisposable {
  readonly url: string
  hang(): void
  answer(): void
}

async function startIssuer({ jwks }: World): Promise<Issuer> {
  let hangs = false
  const server = await listen((_request, response) => {
    if (!hangs) response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks))
  })
  return {
    ...server,
    url: `${server.url}/jwks`,
    hang: () => void (hangs = true),
    answer: () => void (hangs = false),
  }
}
