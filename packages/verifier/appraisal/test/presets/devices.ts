import type { Verified } from '@assay/evidence'
import {
  appraise,
  type AppraisalFacts,
  type AppraisalReasonCode,
  type AppraisalResult,
  type AppraisalVector,
  type BootKeys,
  type Policy,
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
  /** Left out: the operator has given none. */
  readonly bootKeys?: BootKeys
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

/** A boot key of another maker of systems, and the set that holds it alone. */
export const otherKey = '5e'.repeat(32)
export const given: BootKeys = new Map([[otherKey, 1_776_709_772n]])

/** A locked phone with a system that is signed with that key. */
export const otherSystem = (attested: Changes = {}, known?: Known): Device => ({
  ...pixel({ verifiedBootState: 'SelfSigned', verifiedBootKey: otherKey, ...attested }, {}, known),
  bootKeys: given,
})

/** The same, with what Google says of it; unless it is changed, the best that Google says of such phones. */
export const otherSystemWithPlay = (verdict: Changes = {}, attested: Changes = {}): Device => {
  const phone = otherSystem(attested)
  const play = playClaims({
    appLicensingVerdict: 'UNEVALUATED',
    deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY'],
    ...verdict,
  })
  const claims = [...phone.claims, play]
  return { ...phone, claims, facts: factsOf(claims) }
}

export function judge(name: PresetName, device: Device): AppraisalResult {
  return judgeBy(presets.policy(name), device)
}

export function judgeBy(policy: Policy, { claims, facts, bootKeys = new Map() }: Device): AppraisalResult {
  return appraise({ claims, policy, now, facts, bootKeys })
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
