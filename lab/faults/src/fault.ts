import type { Stage } from './stage/stage.ts'

/** What the service keeps its state in while a fault happens to it. */
export const stores = ['sqlite', 'postgres', 'cluster'] as const
export type Store = (typeof stores)[number]

/** How much of a fault is tried: a part within minutes, or all of it. */
export type Length = 'short' | 'long'

/** What came of a fault. */
export interface Outcome {
  /** Times that the fault happened, or requests that were sent while it lasted. */
  readonly attempts: number
  /** What was accepted although the same had been accepted, withdrawn or banned before. */
  readonly doubleAcceptances: number
  /** What was acknowledged and is not there any more. */
  readonly losses: number
  /** The longest time, in milliseconds, from the end of the fault until the service did its work again. */
  readonly recoveryMs: number
  /** What else is wanted and was not so, one sentence each. */
  readonly unmet: readonly string[]
  /** Figures for the report. */
  readonly facts: Readonly<Record<string, number | string>>
}

/** Something that goes wrong around the service, and what is wanted then. */
export interface Fault {
  /** Words with dots between them: the group, and the fault in it. */
  readonly name: string
  /** What happens, and what is wanted; one sentence for the report. */
  readonly what: string
  readonly stores: readonly Store[]
  /** What this machine lacks for it, one phrase; undefined: nothing. */
  readonly lacks?: () => string | undefined
  /** MB of a disk that what is stored lies on alone; undefined: it lies with the rest of the machine's files. */
  readonly disk?: number
  /** What comes of it depends on what the whole machine can do: nothing is tried beside it. */
  readonly alone?: true
  /** @throws Error when the stage falls to pieces, which is no outcome */
  run(stage: Stage, length: Length): Promise<Outcome>
}
