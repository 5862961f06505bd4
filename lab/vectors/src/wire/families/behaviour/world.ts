import { shapeOf } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { thumbprintInput } from '@assay/protocol'
import type { Json } from '../../case/case.ts'
import { base64url, sha256 } from '../../material/bytes.ts'
import { challengeOf, epoch } from '../../material/challenge.ts'
import { noisy } from '../../material/image.ts'
import { keyOf } from '../../material/keys.ts'
import { encodePlan, planOfAll } from '../../material/plan.ts'

export type Members = Readonly<Record<string, Json | undefined>>

export const audience = 'https://api.example'
export const service = 'https://attest.example'
const keys = ['first key', 'second key', 'third key'].map((label) => keyOf(label).publicJwk)
/** Thumbprints of the keys that the key store gives, in order. */
export const thumbprints = keys.map((key) => base64url(sha256(thumbprintInput(key))))
export const trace = 'rrrrrrrrrrrrrrrrrrrrrr'

export const plan = encodePlan({
  ...planOfAll,
  reads: [{ op: 'range', segment: 0, length: 16 }],
  live: { show: [], run: [] },
  probes: [],
})

/** The plan of a build that is registered by ABI. */
export function planFor(abi: string): string {
  const { v, app, build, epoch: number, seed, coverage } = planOfAll
  const reads = [{ op: 'range', segment: 0, length: 16 }]
  const live = { show: [], run: [] }
  return encodePlan({ v, app, build, epoch: number, seed, coverage, abi, reads, live, probes: [] })
}

/** What every client is made of unless a scenario says otherwise. */
export const defaults = {
  app: planOfAll.app,
  build: planOfAll.build,
  endpoints: [service],
  audiences: [[audience, audience]],
  requestTimeout: 10_000,
  idleAfter: 600_000,
  chance: 0,
  segments: [noisy('main', 64)],
  keys,
  keyFaults: {},
  enrolled: false,
  oneKey: false,
  evidence: [],
  wallError: 0,
}

/** The shape of the app that every client has; none where it is asked for by ABI, because it has no module `base`. */
export const shape = (await shapeOf(
  [{ name: 'main', kind: 'dex', length: 64 }],
  undefined,
  nodeCrypto,
)) as string

export function challengeText(number: number): string {
  return challengeOf(`behaviour ${number}`, { epoch })
}
