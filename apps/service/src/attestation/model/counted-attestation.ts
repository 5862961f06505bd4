import type { Platform } from '@assay/protocol'
import type { VouchedDevice } from '@assay/protocol/schemas'

/** What is collected about an exchange while it runs, to be counted. It decides nothing. */
export interface Tally {
  /** Whether the challenge was for a refresh. */
  isRefresh: boolean
  platform: Platform | ''
  /** Known formats of the evidence; none: the exchange did not get that far. */
  evidence: readonly string[]
  /** Codes of evidence that said nothing and counts as left out. */
  leftOut: readonly string[]
  /** For the first requested API. */
  tier: string
  /** Id and version of the policy that gave the tier, with `@` between. */
  policy: string
  /** ABI that was measured; empty: the build is not registered by ABI, or nothing was measured. */
  abi: string
  /** Name of the variant that was measured; empty: the image that was registered first. */
  variant: string
  /** What verified evidence states of the device; null: no evidence was verified, or it states nothing. */
  device: VouchedDevice | null
  /** The OS version that evidence of this exchange states; null: none does, and that of {@link device} may be an old one. */
  freshOsVersion: string | null
  /** The hardware key that vouches for the sender, now or as is remembered; undefined: the exchange did not get so far. */
  vouchedBy: string | undefined
  /** The client has the token only because the operator lets this installation through. */
  isAllowed: boolean
}

/** One exchange as it is counted. Strangers choose no value: what is not known is empty. */
export interface CountedAttestation {
  app: string
  build: string
  platform: Platform | ''
  /**
   * `must_enrol`: the client is asked to enrol first, which its SDK then does. `reported`: an unsigned report by an SDK, which
   * anyone can send. `unproven`: refused before the sender proved possession of a key, which costs a stranger nothing.
   * `unserved`: answered with 429 or 503. `shadow_…`: the verdict of the app's shadow policy on the same exchange.
   */
  outcome:
    'passed' | 'refused' | 'must_enrol' | 'malfunction' | 'reported' | 'unproven' | 'unserved' | ShadowOutcome
  tier: string
  /**
   * The reason's own code. For an exchange that passed: why another requested API got no token, that the
   * installation is on the allow list, or why evidence counted as left out.
   */
  code: string
  /** Formats, sorted, with `+` between. */
  evidence: string
  policy: string
  abi?: string
  variant?: string
  /** Whose it was, if the sender has proved possession of the installation key; otherwise it is nobody's. */
  user?: { installation: string; osVersion: string; vouchedBy: string | undefined } | undefined
  /** The network that the request came from. It is in no label, and in no row. */
  network?: string | undefined
  /** Milliseconds that it took; undefined if it was not an attestation. */
  milliseconds?: number | undefined
}

/**
 * How a shadow policy differs from the real one: it would refuse what passed (`shadow_refused`), or the reverse; or it
 * could not be applied.
 */
export type ShadowOutcome = 'shadow_agreed' | 'shadow_refused' | 'shadow_passed' | 'shadow_failed'

/** Counts one exchange. */
export type Count = (counted: CountedAttestation) => void

export const newTally = (): Tally => ({
  isRefresh: false,
  platform: '',
  evidence: [],
  leftOut: [],
  tier: '',
  policy: '',
  abi: '',
  variant: '',
  device: null,
  freshOsVersion: null,
  vouchedBy: undefined,
  isAllowed: false,
})

export const evidenceText = (formats: readonly string[]): string => [...new Set(formats)].sort().join('+')
