import { sql, type RawBuilder } from 'kysely'
import type { SchemaStep } from './migration.ts'

/**
 * What several nodes share: the identity of the store, how often it has changed, who is at work on it, and the blobs.
 */
export const manyNodes: SchemaStep = {
  name: '0016-many-nodes',
  async up(db, { kind, text, integer, bytes, strict, define }) {
    const { schema } = db
    await strict(
      schema
        .createTable('store')
        .addColumn('id', integer, (column) => column.primaryKey().notNull())
        .addColumn('store_id', text)
        .addColumn('version', integer, (column) => column.notNull()),
    ).execute()
    await sql`insert into store (id, store_id, version) values (1, null, 0)`.execute(db)
    await strict(
      schema
        .createTable('nodes')
        .addColumn('id', text, (column) => column.primaryKey().notNull())
        .addColumn('seen_at', integer, (column) => column.notNull()),
    ).execute()
    await strict(
      schema
        .createTable('blobs')
        .addColumn('sha256', text, (column) => column.primaryKey().notNull())
        .addColumn('length', integer, (column) => column.notNull())
        .addColumn('is_whole', integer, (column) => column.notNull())
        .addColumn('written_at', integer, (column) => column.notNull()),
    ).execute()
    await strict(
      schema
        .createTable('blob_pieces')
        .addColumn('sha256', text, (column) =>
          column.notNull().references('blobs.sha256').onDelete('cascade'),
        )
        .addColumn('number', integer, (column) => column.notNull())
        .addColumn('bytes', bytes, (column) => column.notNull())
        .addPrimaryKeyConstraint('blob_pieces_key', ['sha256', 'number']),
    ).execute()
    if (kind === 'postgres') for (const statement of countingChanges()) await define(db, statement)
  },
}

/** Tables of what is registered, and the writes to them that other nodes must learn of. */
const noted: Readonly<Record<string, string>> = {
  apps: 'insert or update or delete',
  app_signers: 'insert or update or delete',
  app_listed_signers: 'insert or update or delete',
  // Not `last_seen_at`, which attestations write.
  builds: 'insert or update of state, retired_at or delete',
  apis: 'insert or update or delete',
  api_apps: 'insert or update or delete',
  anchor_bans: 'insert or update or delete',
  policies: 'insert or update or delete',
  signing_keys: 'insert or update or delete',
}

/**
 * The database itself counts, so that no writer can forget to. It counts once, at the end of the transaction: the row
 * of the version is the last that any transaction locks, so that none waits for it while holding what another needs.
 */
function countingChanges(): RawBuilder<unknown>[] {
  return [
    sql`create function note_change() returns trigger language plpgsql set search_path from current as $$
    begin
      if coalesce(current_setting('assay.noted', true), '') <> pg_current_xact_id()::text then
        perform set_config('assay.noted', pg_current_xact_id()::text, true);
        update store set version = version + 1 where id = 1;
        perform pg_notify('assay_changes', '');
      end if;
      return null;
    end $$`,
    ...Object.entries(noted).map(([table, writes]) =>
      sql.raw(`create constraint trigger ${table}_noted after ${writes} on ${table}
        deferrable initially deferred for each row execute function note_change()`),
    ),
  ]
}
