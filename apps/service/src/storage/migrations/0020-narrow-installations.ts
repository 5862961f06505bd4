import { sql } from 'kysely'
import { createNarrowTables, indexNarrowTables } from './narrow-tables.ts'
import { copyBans, copyEnrolments, copyInstallations } from './narrow-copy.ts'
import { enrolNarrow } from './narrow-enrol-function.ts'
import type { SchemaStep } from './migration.ts'

/**
 * What is remembered about installations takes a third of the space: apps and installations have numbers, digests are
 * bytes, evidence is packed and stored apart from what every refresh writes, and no index is the prefix of another.
 * These tables replace the earlier ones, so a process of an earlier version cannot go on beside them.
 */
export const narrowInstallations: SchemaStep = {
  name: '0020-narrow-installations',
  async up(db, dialect) {
    const { schema } = db
    await createNarrowTables(db, dialect)
    const count = await copyInstallations(db)
    await copyEnrolments(db)
    await copyBans(db)
    const replaced = ['installation_names', 'anchor_enrolments', 'anchor_bans', 'installations']
    for (const table of replaced) {
      await schema.dropTable(table).execute()
      await schema.alterTable(`narrow_${table}`).renameTo(table).execute()
    }
    await indexNarrowTables(db)
    if (dialect.kind === 'sqlite') return
    if (count > 0)
      await sql`select setval(pg_get_serial_sequence('installations', 'id'), ${count})`.execute(db)
    await sql`drop function enrol_installation`.execute(db)
    await sql`drop function note_formats`.execute(db)
    await sql`drop function formats_of`.execute(db)
    // A refresh finds room for the new version of its row on the same page, so that no index changes.
    await sql`alter table installations set (fillfactor = 90)`.execute(db)
    await dialect.define(db, enrolNarrow)
    // Other nodes must still learn of bans: the trigger was dropped with its table.
    await sql`create constraint trigger anchor_bans_noted after insert or update or delete on anchor_bans
      deferrable initially deferred for each row execute function note_change()`.execute(db)
  },
}
