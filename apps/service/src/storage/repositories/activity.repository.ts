import type { AppActivity, BuildActivity, RefusalCount } from '@assay/protocol/schemas'
import type { ActivityStore, EvidenceKinds } from '../../operations/ports.ts'
import type { Page } from '../../system/page.ts'
import { toTime } from '../database/columns.ts'
import { first } from '../database/rows.ts'
import { dayOf, numbered } from './enrolments.ts'
import type { Database } from '../database/tables.ts'

/** Kinds of refusals that one answer lists, the latest first. */
const mostKinds = 200

export function createActivityRepository({ db }: { db: Database }): ActivityStore {
  return {
    buildsSeen: (app: string, page: Page) => buildsSeen(db, app, page),
    lastSeen: (app: string, build: string) => lastSeen(db, app, build),
    countRefusals: (app: string, since: Date) => countRefusals(db, app, since.getTime()),
    countInstallations: (app: string, since: Date, kinds: EvidenceKinds) =>
      countInstallations(db, app, since.getTime(), kinds),
  }
}

async function buildsSeen(db: Database, app: string, page: Page): Promise<BuildActivity[]> {
  const rows = await db
    .selectFrom('builds')
    .select(['id', 'last_seen_at'])
    .where('app', '=', app)
    .where('id', '>', first(page))
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    build: row.id,
    last_seen_at: row.last_seen_at === null ? null : toTime(row.last_seen_at),
  }))
}

async function lastSeen(db: Database, app: string, build: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('builds')
    .select('last_seen_at')
    .where('app', '=', app)
    .where('id', '=', build)
    .executeTakeFirst()
  return row === undefined || row.last_seen_at === null ? undefined : toTime(row.last_seen_at)
}

async function countRefusals(db: Database, app: string, since: number): Promise<RefusalCount[]> {
  const rows = await db
    .selectFrom('attestation_traces')
    .select(({ fn }) => [
      'build',
      'outcome',
      'code',
      fn.countAll<number>().as('count'),
      fn.max('happened_at').as('last_at'),
    ])
    .where('app', '=', app)
    .where('happened_at', '>=', since)
    .where('code', '!=', 'build_not_registered')
    .groupBy(['build', 'outcome', 'code'])
    .orderBy('last_at', 'desc')
    .orderBy('build')
    .orderBy('outcome')
    .orderBy('code')
    .limit(mostKinds)
    .execute()
  return rows.map(({ build, outcome, code, count, last_at }) => ({
    build,
    outcome,
    code,
    count: Number(count),
    last_at: toTime(Number(last_at)),
  }))
}

/** Reads an index only: evidence is as large as all the rest. */
async function countInstallations(
  db: Database,
  app: string,
  since: number,
  kinds: EvidenceKinds,
): Promise<AppActivity['installations']> {
  const rows = await db
    .selectFrom('installations')
    .select(({ fn }) => ['formats', fn.countAll<number>().as('count')])
    .where('app', '=', numbered(app))
    .where('seen_on', '>=', dayOf(since))
    .groupBy('formats')
    .execute()
  const formatsOf = new Map(
    (await db.selectFrom('format_sets').selectAll().execute()).map(({ number, formats }) => [
      number,
      formats.split(' '),
    ]),
  )
  const counted = rows.map(({ formats, count }) => ({ formats: formatsOf.get(formats) ?? [], count }))
  const sum = (of: typeof counted) => of.reduce((total, { count }) => total + count, 0)
  const without = Object.entries(kinds).map(([name, format]) => [
    name,
    sum(counted.filter(({ formats }) => !formats.includes(format))),
  ])
  return { total: sum(counted), without: Object.fromEntries(without) as Record<string, number> }
}
