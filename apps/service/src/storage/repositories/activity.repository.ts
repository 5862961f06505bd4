import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type {
  ActivityStore,
  BuildActivity,
  EvidenceKinds,
  InstallationCount,
  RefusalCount,
} from '../../operations/ports.ts'
import { toTime } from '../columns.ts'
import type { Database } from '../tables.ts'

/** Kinds of refusals that one answer lists, the latest first. */
const mostKinds = 200

export function createActivityRepository({ db }: { db: Database }): ActivityStore {
  return {
    buildsSeen: (app: string) => buildsSeen(db, app),
    countRefusals: (app: string, since: Date) => countRefusals(db, app, since.getTime()),
    countInstallations: (app: string, since: Date, kinds: EvidenceKinds) =>
      countInstallations(db, app, since.getTime(), kinds),
  }
}

async function buildsSeen(db: Database, app: string): Promise<BuildActivity[]> {
  const rows = await db
    .selectFrom('builds')
    .select(['id', 'last_seen_at'])
    .where('app', '=', app)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    build: row.id,
    last_seen_at: row.last_seen_at === null ? null : toTime(row.last_seen_at),
  }))
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

/** Rows of one statement: SQLite works on the calling thread, and others get their turn between statements. */
const pageLength = 500

async function countInstallations(
  db: Database,
  app: string,
  since: number,
  kinds: EvidenceKinds,
): Promise<InstallationCount> {
  const names = Object.keys(kinds)
  const without = new Map(names.map((name) => [name, 0]))
  let total = 0
  let last = ''
  for (;;) {
    const page = await db
      .selectFrom('installations')
      .select([
        'thumbprint',
        'seen_at',
        // The members of remembered evidence are written by this service, without spaces; claims would have their quotes escaped.
        ...names.map((name) =>
          sql<number>`case when evidence like ${`%{"format":"${kinds[name]}",%`} then 1 else 0 end`.as(name),
        ),
      ])
      .where('app', '=', app)
      .where('thumbprint', '>', last)
      .orderBy('thumbprint')
      .limit(pageLength)
      .execute()
    for (const row of page) {
      last = row.thumbprint
      if (row.seen_at < since) continue
      total += 1
      const has = row as unknown as Record<string, number>
      for (const name of names) if (has[name] === 0) without.set(name, (without.get(name) ?? 0) + 1)
    }
    if (page.length < pageLength) return { total, without: Object.fromEntries(without) }
    await setImmediate()
  }
}
