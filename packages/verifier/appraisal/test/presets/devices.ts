import type { Verified } from '@assay/evidence'
import {
  appraise,
  type AppraisalFacts,
  type AppraisalReasonCode,
  type AppraisalResult,
  type AppraisalVector,
  type PresetName,
} from '../../src/index.ts'
import {
  androidKeyClaims,
  appAttestClaims,
  assertionClaims,
  factsOf,
  now,
  playClaims,
  softwareClaims,
} from '../claims.ts'
import { presets } from '../schemes.ts'

/** What an installation shows, and what the service knows about it. */
export interface Device {
  readonly claims: readonly Verified<unknown>[]
  readonly facts: AppraisalFacts
}

type Changes = Readonly<Record<string, unknown>>
interface Known {
  readonly ages?: Readonly<Record<string, number>>
  readonly installation?: Partial<AppraisalFacts['installation']>
  readonly registration?: Partial<Pick<AppraisalFacts, 'registered' | 'missing' | 'unread'>>
}

function device(
  claims: readonly Verified<unknown>[],
  { ages, installation, registration }: Known = {},
): Device {
  return { claims, facts: factsOf(claims, ages, installation, registration) }
}

export const browser = (software: Changes = {}, known?: Known): Device =>
  device([softwareClaims({ platform: 'web', ...software })], known)

/** A phone whose App Attest key was made in this exchange. */
export const iphone = (attested: Changes = {}, software: Changes = {}, known?: Known): Device =>
  device([softwareClaims({ platform: 'ios', ...software }), appAttestClaims(attested)], known)

/** A phone whose App Attest key was made earlier, and signed in this exchange. */
export const assertingIphone = (asserted: Changes = {}, known?: Known): Device =>
  device([softwareClaims({ platform: 'ios' }), appAttestClaims(), assertionClaims(asserted)], known)

/** A phone whose Keystore key was attested in this exchange. */
export const pixel = (attested: Changes = {}, software: Changes = {}, known?: Known): Device =>
  device([softwareClaims(software), androidKeyClaims(attested)], known)

/** The same phone, with Google's verdict on it. */
export const pixelWithPlay = (verdict: Changes = {}, known?: Known): Device =>
  device([softwareClaims(), androidKeyClaims(), playClaims(verdict)], known)

/** A phone of which only Google's verdict is known. */
export const playAlone = (verdict: Changes = {}, known?: Known): Device =>
  device([softwareClaims(), playClaims(verdict)], known)

export function judge(name: PresetName, { claims, facts }: Device): AppraisalResult {
  return appraise({ claims, policy: presets.policy(name), now, facts })
}

/** One thing that can be wrong, and the device nearest to it with which nothing is. */
export interface Finding {
  readonly title: string
  readonly device: Device
  readonly twin: Device
  /** By `observe` and `balanced`; `affirming` where only `strict` minds. `strict` finds it contraindicated. */
  readonly tier: 'affirming' | 'warning' | 'contraindicated'
  readonly reasons: readonly AppraisalReasonCode[]
  readonly vector?: AppraisalVector
}
