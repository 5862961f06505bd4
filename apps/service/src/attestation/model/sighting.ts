import type { Platform } from '@assay/protocol'

/** What is noted of an exchange while it goes on, to be counted. Nothing is decided by it. */
export interface Noted {
  platform: Platform | ''
  /** Formats of the evidence, of those that there are; none: it never came to that. */
  evidence: readonly string[]
  /** Of the first API that was asked for. */
  tier: string
  /** Id and version of the policy that gave the tier, with `@` between. */
  policy: string
  /** It has the token only because the operator lets this installation through. */
  isAllowed: boolean
}

/** One exchange as it is counted. Strangers choose no value: what is not known is empty. */
export interface Sighting {
  app: string
  build: string
  platform: Platform | ''
  /** `reported`: hearsay of an SDK, which anyone can send. `shadow_…`: what the app's shadow policy makes of the same. */
  outcome: 'passed' | 'refused' | 'malfunction' | 'reported' | ShadowOutcome
  tier: string
  /** The reason's own code. Of what passed: why another API that was asked for got no token, or that it is on the allow list. */
  code: string
  /** Formats, sorted, with `+` between. */
  evidence: string
  policy: string
  /** That it took; undefined for what was not an attestation. */
  milliseconds?: number | undefined
}

/**
 * How a shadow policy differs from the real one: it would refuse what passed (`shadow_refused`), or the reverse; or it could not be
 * asked.
 */
export type ShadowOutcome = 'shadow_agreed' | 'shadow_refused' | 'shadow_passed' | 'shadow_failed'

/** Counts one exchange. */
export type Count = (sighting: Sighting) => void

export const newlyNoted = (): Noted => ({
  platform: '',
  evidence: [],
  tier: '',
  policy: '',
  isAllowed: false,
})

export const evidenceText = (formats: readonly string[]): string => [...new Set(formats)].sort().join('+')
