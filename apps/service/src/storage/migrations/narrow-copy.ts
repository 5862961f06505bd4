import { sql, type RawBuilder } from 'kysely'
import type { SchemaDatabase } from './migration.ts'
import { toDigest } from '../database/digest-column.ts'
import { packPlainly } from '../database/packed-evidence.ts'

/** Rows that are read and written at once. */
const pageLength = 500
const dayLength = 86_400_000

interface OldInstallation {
  app: string
  thumbprint: string
  version_code: number
  abi: string | null
  holder_key: string
  anchor_kind: string | null
  anchor: string | null
  evidence: string
  formats: string
  assertion_key: string | null
  assertion_counter: number
  receipt: Uint8Array | null
  ask_at: number | null
  binding: string
  created_at: number
  seen_at: number
}

/** Numbers them from 1. Returns their count. */
export async function copyInstallations(db: SchemaDatabase): Promise<number> {
  await sql`insert into app_numbers (app)
    select app from installations union select app from anchor_enrolments order by 1`.execute(db)
  await sql`insert into format_sets (formats) select distinct formats from installations order by 1`.execute(
    db,
  )
  const apps = await numbers(db, sql`select app as name, number from app_numbers`)
  const formats = await numbers(db, sql`select formats as name, number from format_sets`)
  let count = 0
  let [app, thumbprint] = ['', '']
  for (;;) {
    const { rows } = await sql<OldInstallation>`select * from installations
      where (app, thumbprint) > (${app}, ${thumbprint}) order by app, thumbprint limit ${pageLength}`.execute(
      db,
    )
    const last = rows.at(-1)
    if (last === undefined) return count
    const first = count + 1
    await sql`insert into narrow_installations (id, app, created_at, version_code, assertion_counter, seen_on, formats,
        thumbprint, binding, anchor, anchor_kind, holder_key, abi, assertion_key)
      values ${sql.join(
        rows.map(
          (row, i) => sql`(${first + i}, ${apps.get(row.app)}, ${row.created_at}, ${row.version_code},
            ${row.assertion_counter}, ${Math.floor(row.seen_at / dayLength)}, ${formats.get(row.formats)},
            ${toDigest(row.thumbprint)}, ${toDigest(row.binding)},
            ${row.anchor === null ? null : toDigest(row.anchor)}, ${row.anchor_kind}, ${row.holder_key}, ${row.abi},
            ${row.assertion_key})`,
        ),
      )}`.execute(db)
    await sql`insert into installation_evidence (installation, evidence, receipt, ask_at)
      values ${sql.join(
        rows.map(
          ({ evidence, receipt, ask_at }, i) =>
            sql`(${first + i}, ${packPlainly(evidence)}, ${receipt}, ${ask_at})`,
        ),
      )}`.execute(db)
    await copyNames(db, rows, first)
    count += rows.length
    ;[app, thumbprint] = [last.app, last.thumbprint]
  }
}

async function numbers(db: SchemaDatabase, query: RawBuilder<unknown>): Promise<Map<string, number>> {
  const { rows } = await query.execute(db)
  return new Map((rows as { name: string; number: number }[]).map(({ name, number }) => [name, number]))
}

/** @param rows numbered from `first`, in the order of the key */
async function copyNames(db: SchemaDatabase, rows: readonly OldInstallation[], first: number): Promise<void> {
  const [from, to] = [rows[0], rows.at(-1)] as [OldInstallation, OldInstallation]
  const ids = new Map(rows.map(({ app, thumbprint }, i) => [`${app} ${thumbprint}`, first + i]))
  const { rows: names } = await sql<{ app: string; thumbprint: string; name: number }>`
    select app, thumbprint, name from installation_names
      where (app, thumbprint) >= (${from.app}, ${from.thumbprint})
        and (app, thumbprint) <= (${to.app}, ${to.thumbprint})`.execute(db)
  if (names.length === 0) return
  await sql`insert into narrow_installation_names (name, installation)
    values ${sql.join(
      names.map(({ app, thumbprint, name }) => sql`(${name}, ${ids.get(`${app} ${thumbprint}`)})`),
    )}`.execute(db)
}

interface OldEnrolment {
  app: string
  kind: string
  anchor: string
  day: number
  thumbprint: string
}

export async function copyEnrolments(db: SchemaDatabase): Promise<void> {
  const apps = await numbers(db, sql`select app as name, number from app_numbers`)
  let last: OldEnrolment | undefined = { app: '', kind: '', anchor: '', day: 0, thumbprint: '' }
  for (;;) {
    const { rows }: { rows: OldEnrolment[] } = await sql<OldEnrolment>`
      select app, kind, anchor, day, thumbprint from anchor_enrolments
        where (app, kind, anchor, day, thumbprint) >
          (${last.app}, ${last.kind}, ${last.anchor}, ${last.day}, ${last.thumbprint})
        order by app, kind, anchor, day, thumbprint limit ${pageLength}`.execute(db)
    last = rows.at(-1)
    if (last === undefined) return
    await sql`insert into narrow_anchor_enrolments (day, app, anchor, kind, thumbprint)
      values ${sql.join(
        rows.map(
          ({ day, app, anchor, kind, thumbprint }) =>
            sql`(${day}, ${apps.get(app)}, ${toDigest(anchor)}, ${kind}, ${toDigest(thumbprint)})`,
        ),
      )}`.execute(db)
  }
}

interface OldBan {
  app: string
  kind: string
  anchor: string
  created_at: number
}

export async function copyBans(db: SchemaDatabase): Promise<void> {
  let last: OldBan | undefined = { app: '', kind: '', anchor: '', created_at: 0 }
  for (;;) {
    const { rows }: { rows: OldBan[] } = await sql<OldBan>`
      select app, kind, anchor, created_at from anchor_bans
        where (app, kind, anchor) > (${last.app}, ${last.kind}, ${last.anchor})
        order by app, kind, anchor limit ${pageLength}`.execute(db)
    last = rows.at(-1)
    if (last === undefined) return
    await sql`insert into narrow_anchor_bans (app, kind, anchor, created_at)
      values ${sql.join(
        rows.map(
          ({ app, kind, anchor, created_at }) => sql`(${app}, ${kind}, ${toDigest(anchor)}, ${created_at})`,
        ),
      )}`.execute(db)
  }
}
