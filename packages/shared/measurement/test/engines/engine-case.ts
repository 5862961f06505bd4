import {
  buildManifest,
  carryOutSync,
  checkResponse,
  coreFunctions,
  digestImage,
  drawUpPlan,
  exercises,
  expectedTags,
  parsePlan,
  planSeed,
  sliceDigests,
  type Eventually,
  type MeasurementCrypto,
  type ResponseCheck,
} from '../../src/index.ts'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { challengeOf, epoch, hex } from '../exchange.ts'
import { imageOf, noise } from '../synthetic-image.ts'
import { plainModules } from './plain-modules.ts'
import type { Outcome, Task } from './program.ts'

/** One exchange: the app is the SDK's own modules and some bytes besides. */
export interface EngineCase {
  /** The modules as registered, and as every reader finds them. */
  modules: ReadonlyMap<string, string>
  task: Task
  /** What the Verifier makes of an outcome. */
  check: (outcome: Outcome) => Eventually<ResponseCheck>
  /** Names of the tags that differ from the registered ones. */
  differing: (outcome: Outcome) => string[]
}

export async function engineCase(): Promise<EngineCase> {
  const modules = plainModules()
  const scripts = [...modules].map(([segment, text]) => ({ segment, bytes: Buffer.from(text) }))
  const contents = Object.fromEntries(scripts.map(({ segment, bytes }) => [segment, bytes]))
  const image = imageOf(
    { ...contents, '\u{1f600}.js': noise(3000, 'emoji'), '\uff5e.js': noise(40, 'tilde') },
    'script',
  )
  const names = Object.keys(coreFunctions)
  const manifest = buildManifest(scripts, {
    sdk: 'test/1',
    code: 'script',
    functions: names,
    exercises: Object.keys(exercises),
    probes: ['number'],
  })
  const planBytes = drawUpPlan({
    app: 'com.example.app',
    build: '1',
    epoch,
    seed: noise(32, 'seed'),
    coverage: 'scripts',
    segments: image.segments,
    probes: manifest.probes,
    live: { show: names, run: manifest.exercises },
  })
  const plan = parsePlan(planBytes)
  const challenge = challengeOf('engines')
  const primitives: Record<string, string> = {}
  const crypto = recording(primitives)
  const digest = await digestImage(image, plan.coverage, planSeed(plan), crypto)
  const shown = await sliceDigests(manifest, image, crypto)
  const live = { shown, exercises }
  const input = {
    plan,
    planBytes,
    challenge,
    digest,
    image,
    crypto,
    probes: { number: -(2 ** 53 - 1) },
    live,
  }
  for (const engine of [shown, 'absent'] as const)
    carryOutSync({ ...input, live: { ...live, shown: engine } })
  const expected = expectedTags(digest, challenge, nodeCrypto, shown)
  const segments = Object.fromEntries(
    image.segments.map(({ name, length }) => [name, hex(image.read(name, 0, length) as Uint8Array)]),
  )
  return {
    modules,
    task: { plan: hex(planBytes), challenge: hex(challenge), segments, primitives },
    check: (outcome) => checkResponse({ ...input, crypto: nodeCrypto }, Buffer.from(outcome.response, 'hex')),
    differing: (outcome) =>
      expected.filter(({ name, tag }) => outcome.tags[name] !== hex(tag)).map(({ name }) => name),
  }
}

/** `nodeCrypto` that writes down what it is asked and answers. */
function recording(table: Record<string, string>): MeasurementCrypto {
  const note = (question: string, answer: Uint8Array) => {
    table[question] = hex(answer)
    return answer
  }
  const joined = (parts: readonly Uint8Array[]) => parts.map(hex).join('')
  return {
    sha256: (parts) => note(`sha256 ${joined(parts)}`, nodeCrypto.sha256(parts) as Uint8Array),
    hmacSha256: (key, parts) =>
      note(`hmac ${hex(key)} ${joined(parts)}`, nodeCrypto.hmacSha256(key, parts) as Uint8Array),
  }
}
