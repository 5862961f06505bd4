import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'
import { enrolByVouchingKey } from './vouching-key-enrol-function.ts'

/** Columns, by the names of their tables before this step. */
const columns = [
  ['installations', 'anchor', 'vouching_key'],
  ['installations', 'anchor_kind', 'vouching_key_kind'],
  ['anchor_enrolments', 'anchor', 'vouching_key'],
  ['anchor_bans', 'anchor', 'vouching_key'],
] as const

const tables = [
  ['anchor_enrolments', 'enrolments'],
  ['anchor_bans', 'bans'],
] as const

/**
 * A vouching key has one name, from the endpoints to the columns. The function for enrolments names columns too, so a
 * process of an earlier version cannot go on beside this step.
 */
export const vouchingKeys: SchemaStep = {
  name: '0029-vouching-keys',
  async up(db, { kind, define }) {
    const { schema } = db
    for (const [table, old, name] of columns) await schema.alterTable(table).renameColumn(old, name).execute()
    for (const [old, name] of tables) await schema.alterTable(old).renameTo(name).execute()
    if (kind === 'sqlite') {
      // It renames no index.
      await schema.dropIndex('installations_by_anchor').execute()
      await schema
        .createIndex('installations_by_vouching_key')
        .on('installations')
        .columns(['app', 'vouching_key'])
        .where('vouching_key', 'is not', null)
        .execute()
      await schema.dropIndex('anchor_bans_by_end').execute()
      await schema
        .createIndex('bans_by_end')
        .on('bans')
        .column('expires_at')
        .where('expires_at', 'is not', null)
        .execute()
      return
    }
    for (const statement of [
      sql`alter index installations_by_anchor rename to installations_by_vouching_key`,
      sql`alter index anchor_bans_by_end rename to bans_by_end`,
      sql`alter table enrolments rename constraint anchor_enrolments_of_day to enrolments_of_day`,
      sql`alter table bans rename constraint anchor_bans_of_app to bans_of_app`,
      sql`alter trigger anchor_bans_noted on bans rename to bans_noted`,
      sql`drop function enrol_installation`,
    ])
      await statement.execute(db)
    await define(db, enrolByVouchingKey)
  },
}
