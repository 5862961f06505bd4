import { publicTestKeys } from '@assay/protocol'
import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/**
 * Signers that the operator lists by hand, for the store or for uploads to it. Evidence used to be compared with every
 * signer that any build ever had: these are listed as if the operator had named them, so that nobody is cut off until
 * the operator says which of them the store signs with. Debug keys are not listed, because everybody has them.
 */
export const listedSigners: SchemaStep = {
  name: '0008-listed-signers',
  async up(db, { text, strict }) {
    await strict(
      db.schema
        .createTable('app_listed_signers')
        .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
        .addColumn('sha256', text, (column) => column.notNull())
        .addColumn('role', text, (column) => column.notNull())
        .addPrimaryKeyConstraint('app_listed_signers_key', ['app', 'sha256']),
    ).execute()
    const { rows: builds } = await sql<{ app: string; signers: string; warnings: string }>`
      select app, signers, warnings from builds`.execute(db)
    const debug = new Set(
      builds
        .filter(({ warnings }) =>
          (JSON.parse(warnings) as string[]).includes('signed_with_debug_certificate'),
        )
        .flatMap(({ app, signers }) => (JSON.parse(signers) as string[]).map((sha256) => `${app} ${sha256}`)),
    )
    const { rows: known } = await sql<{ app: string; sha256: string }>`
      select app, sha256 from app_signers order by app, sha256`.execute(db)
    for (const { app, sha256 } of known) {
      if (publicTestKeys.has(sha256) || debug.has(`${app} ${sha256}`)) continue
      await sql`insert into app_listed_signers (app, sha256, role) values (${app}, ${sha256}, 'migrated')`.execute(
        db,
      )
    }
  },
}
