/** How the installation key is kept: by software; by software, and hardware vouches for it; by hardware. */
export type HolderKey = 'software' | 'vouched' | 'hardware'

/** What the service knows beside the evidence. */
export interface AppraisalFacts {
  readonly installation: {
    readonly holderKey: HolderKey
    /** Other installation keys that the vouching key has newly vouched for since midnight, UTC; 0 without one. */
    readonly enrolmentsToday: number
    /** The app requires that hardware holds the installation key itself. */
    readonly hardwareKeyDemanded: boolean
  }
  /** Seconds since each piece of evidence was verified, by the name of its format; 0 for one of this exchange. */
  readonly ages: Readonly<Record<string, number>>
}
