/** How the installation key is kept: in software; in software with hardware that vouches for it; in hardware. */
export type HolderKey = 'software' | 'vouched' | 'hardware'

/**
 * Boot keys of systems that phones' makers did not sign, as the operator gave them: SHA-256 digests as attestations
 * state them, in lower-case hex, and when the list was published that names them, in Unix seconds.
 */
export type BootKeys = ReadonlyMap<string, bigint>

/** What the service knows besides the evidence. */
export interface AppraisalFacts {
  readonly installation: {
    readonly holderKey: HolderKey
    /** Other installation keys that the vouching key has newly vouched for since midnight, UTC; 0 without one. */
    readonly enrolmentsToday: number
    /** The app requires that hardware holds the installation key itself. */
    readonly hardwareKeyDemanded: boolean
  }
  /** Formats that the app is registered for; `optional`: its devices need not have them. */
  readonly registered: Readonly<Record<string, 'required' | 'optional'>>
  /** Required formats for which there is no evidence, either from this exchange or remembered. */
  readonly missing: readonly string[]
  /** Evidence that came but was not read, because the operator prefers a lower tier to waiting for a vendor. */
  readonly unread: readonly { readonly format: string; readonly reason: string }[]
  /** Seconds since each piece of evidence was verified, by the name of its format; 0 for one of this exchange. */
  readonly ages: Readonly<Record<string, number>>
}
