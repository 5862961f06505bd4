import type { Stage } from './stage/stage.ts'

/** Where the service keeps its state during the fault. */
export const stores = ['sqlite', 'postgres', 'cluster'] as const
export type Store = (typeof stores)[number]

/** How long a fault is tried: a part of it within minutes, or all of it. */
export type Length = 'short' | 'long'

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

/** Something that goes wrong around the service, and what must happen then. */
export interface Fault {
  /** Words separated by dots: the group, then the fault. */
  readonly name: string
  /** What happens, and what must happen then; one sentence for the report. */
  readonly what: string
  readonly stores: readonly Store[]
  /** What this machine lacks to try it, one phrase; undefined: nothing. */
  readonly lacks?: () => string | undefined
  /** Size in MB of a separate disk for the store; undefined: the store is on the machine's own disk. */
  readonly disk?: number
  /** Depends on the whole machine, so it runs alone. */
  readonly alone?: true
  /** @throws Error if the stage breaks, which is not an outcome */
  run(stage: Stage, length: Length): Promise<Outcome>
}
