import { toTime } from '../columns.ts'
import type { Database } from '../tables.ts'

/** When a build was last attested. */
export interface BuildActivity {
  build: string
  /** RFC 3339, to the hour or so; null: never. */
  last_seen_at: string | null
}

/** How often the same happened to attestations of one build. */
export interface RefusalCount {
  build: string
  outcome: 'denied' | 'malfunction'
  code: string
  count: number
  /** RFC 3339, of the newest. */
  last_at: string
}

/** Kinds of refusals that one answer lists, the latest first. */
const mostKinds = 200

export type DoctorRepository = ReturnType<typeof createDoctorRepository>

/** Reads, for operators, what the other repositories write. */
export function createDoctorRepository({ db }: { db: Database }) {
  return {
    /** Of every build of the app, in order of id. */
    buildsSeen: (app: string) => buildsSeen(db, app),
    /**
     * Kept denials and malfunctions of the app since then, counted, the latest kinds first. Without those of builds that
     * are not registered: strangers choose their names, and so many kinds would hide the others.
     */
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
