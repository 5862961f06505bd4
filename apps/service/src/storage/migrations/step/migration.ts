import type { Kysely } from 'kysely'
import type { SchemaDialect } from './schema-dialect.ts'

/** What a step gets: the schema builder, and what `sql` needs to run. It knows no tables, since these change later. */
export type SchemaDatabase = Pick<Kysely<unknown>, 'schema' | 'getExecutor'>

/**
 * One step of the schema. Once released it is never changed, and later changes are new steps; before, it may be rewritten
 * under a new name (docs/releasing.md). Steps only add, until no node
 * of the previous version can be running: nodes of both versions run side by side during an update.
 */
export interface SchemaStep {
  /**
   * Four digits and what it adds, as in the file name, and eight hexadecimal digits of the digest of its statements, which
   * a test checks. Longer steps have a folder for their parts.
   */
  readonly name: string
  up(db: SchemaDatabase, dialect: SchemaDialect): Promise<void>
}
