import type { ActivityStore, BuildActivity, RefusalCount } from '../../operations/ports.ts'
import { toTime } from '../columns.ts'
import type { Database } from '../tables.ts'

/** Kinds of refusals that one answer lists, the latest first. */
const mostKinds = 200

export function createActivityRepository({ db }: { db: Database }): ActivityStore {
  return {
    buildsSeen: (app: string) => buildsSeen(db, app),
    countRefusals: (app: string, since: Date) => countRefusals(db, app, since.getTime()),
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
