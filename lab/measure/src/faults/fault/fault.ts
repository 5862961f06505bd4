import type { Outcome } from '../stage/outcome.ts'
import type { Stage } from '../stage/stage.ts'
import type { Store } from '../stage/store.ts'

/** How long a fault is tried: a part of it within minutes, or all of it. */
export type Length = 'short' | 'long'

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
