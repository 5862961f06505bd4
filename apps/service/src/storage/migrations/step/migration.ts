import type { Kysely } from 'kysely'
import type { SchemaDialect } from './schema-dialect.ts'

/** What a step gets: the schema builder, and what `sql` needs to run. It knows no tables, since these change later. */
export type SchemaDatabase = Pick<Kysely<unknown>, 'schema' | 'getExecutor'>

/**
 * One step of the schema. Once released it is never changed; later changes are new steps. Steps only add, until no node
 * of the previous version can be running: nodes of both versions run side by side during an update.
 */
export interface SchemaStep {
  /** Four digits and what it adds; the same as the file name. Longer steps have a folder for their parts. */
  readonly name: string
  up(db: SchemaDatabase, dialect: SchemaDialect): Promise<void>
}
