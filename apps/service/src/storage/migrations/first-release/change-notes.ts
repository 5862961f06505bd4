import { sql } from 'kysely'
import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** Tables of what is registered, and the writes to them that other nodes must learn of. */
const noted: Readonly<Record<string, string>> = {
  apps: 'insert or update or delete',
  app_signers: 'insert or update or delete',
  app_listed_signers: 'insert or update or delete',
  // Not `last_seen_at`, which attestations write.
  builds:
    'insert or update of state, retired_at, channel, expires_at, difference_until, first_ended_at or delete',
  build_variants: 'insert or update or delete',
  apis: 'insert or update or delete',
  api_apps: 'insert or update or delete',
  bans: 'insert or update or delete',
  allow_entries: 'insert or update or delete',
  policies: 'insert or update or delete',
  boot_keys: 'insert or update or delete',
  signing_keys: 'insert or update or delete',
}

/**
 * The database itself counts, so that no writer can forget to. It counts once, at the end of the transaction: the row
 * of the version is the last that any transaction locks, so that none waits for it while holding what another needs.
 */
export async function noteChanges(db: SchemaDatabase, { define }: SchemaDialect): Promise<void> {
  await define(
    db,
    sql`create function note_change() returns trigger language plpgsql set search_path from current as $$
    begin
      if coalesce(current_setting('assay.noted', true), '') <> pg_current_xact_id()::text then
        perform set_config('assay.noted', pg_current_xact_id()::text, true);
        update store set version = version + 1 where id = 1;
        perform pg_notify('assay_changes', '');
      end if;
      return null;
    end $$`,
  )
  for (const [table, writes] of Object.entries(noted))
    await define(
      db,
      sql.raw(`create constraint trigger ${table}_noted after ${writes} on ${table}
        deferrable initially deferred for each row execute function note_change()`),
    )
}
