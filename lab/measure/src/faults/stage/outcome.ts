/** The outcome of a fault. */
export interface Outcome {
  /** Number of times that the fault happened, or of requests during the fault. */
  readonly attempts: number
  /** Acceptances of something that had already been accepted, withdrawn or banned. */
  readonly doubleAcceptances: number
  /** Changes that were acknowledged and are gone. */
  readonly losses: number
  /** The longest time, in milliseconds, from the end of the fault until the service worked again. */
  readonly recoveryMs: number
  /** Other expectations that failed, one sentence each. */
  readonly unmet: readonly string[]
  /** Figures for the report. */
  readonly facts: Readonly<Record<string, number | string>>
}
