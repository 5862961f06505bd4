import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/**
 * One step of the schema. Once released it is never changed; what comes later is a new step. Steps only add, until no
 * node of the version before can be running: nodes of both run beside each other during an update.
 */
export interface SchemaStep {
  /** Four digits and what it brings; the same as the file's name. */
  readonly name: string
  up(db: Kysely<unknown>, types: ColumnTypes): Promise<void>
}
