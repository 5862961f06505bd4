import { setImmediate as othersFirst } from 'node:timers/promises'
import type { DeleteResult, ExpressionBuilder, ExpressionWrapper, Selectable, SqlBool } from 'kysely'
import { samplesPerDay, type ClaimSample, type SampleStore } from '../../provisioning/dry-run/ports.ts'
import { fromJson, toFlag, toJson } from '../database/columns.ts'
import type { Database, Tables } from '../database/tables.ts'
import { inSlices } from './in-slices.ts'

/** Rows written per statement. Between statements the event loop runs, since SQLite works on the calling thread. */
const rowsPerStatement = 100
/** Rows removed per statement: a row may fill a page. */
export const samplesPerSlice = 20

export function createSampleRepository({ db }: { db: Database }): SampleStore {
  return {
    async add(samples: readonly ClaimSample[]): Promise<void> {
      for (let start = 0; start < samples.length; start += rowsPerStatement) {
        await insert(db, samples.slice(start, start + rowsPerStatement))
        await othersFirst()
      }
      const parts = new Map(samples.map(({ app, day }) => [`${app}\n${day}`, { app, day }]))
      for (const part of parts.values()) {
        await trim(db, part)
        await othersFirst()
      }
    },
    async read(app, sinceDay, after, limit): Promise<ClaimSample[]> {
      const last = after ?? { day: sinceDay, rank: -1 }
      const rows = await db
        .selectFrom('claim_samples')
        .selectAll()
        .where('app', '=', app)
        .where(({ eb, refTuple, tuple }) => eb(refTuple('day', 'rank'), '>', tuple(last.day, last.rank)))
        .orderBy('day')
        .orderBy('rank')
        .limit(limit)
        .execute()
      return rows.map(toSample)
    },
    async prune(before: number): Promise<void> {
      // App by app, in order of the key: a search by day only would read every row.
      for (const { id } of await db.selectFrom('apps').select('id').orderBy('id').execute())
        await removeOf(db, id, ({ eb }) => eb('day', '<', before))
    },
  }
}

/** Nothing is kept for an app that was removed in the meantime. */
async function insert(db: Database, samples: readonly ClaimSample[]): Promise<void> {
  const known = await db
    .selectFrom('apps')
    .select('id')
    .where('id', 'in', [...new Set(samples.map(({ app }) => app))])
    .execute()
  const rows = samples
    .filter(({ app }) => known.some(({ id }) => id === app))
    .map(({ app, day, rank, at, build, versionCode, isRemembered, claims, facts }) => ({
      ...{ app, day, rank, at, build, version_code: versionCode, is_remembered: toFlag(isRemembered) },
      claims: toJson(claims),
      facts: toJson(facts),
    }))
  if (rows.length === 0) return
  await db
    .insertInto('claim_samples')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function trim(db: Database, { app, day }: Pick<ClaimSample, 'app' | 'day'>): Promise<void> {
  const ofDay = db.selectFrom('claim_samples').where('app', '=', app).where('day', '=', day)
  const highest = await ofDay
    .select('rank')
    .orderBy('rank')
    .offset(samplesPerDay - 1)
    .limit(1)
    .executeTakeFirst()
  if (highest === undefined) return
  await removeOf(db, app, ({ eb }) => eb.and([eb('day', '=', day), eb('rank', '>', highest.rank)]))
}

type Samples = ExpressionBuilder<Tables, 'claim_samples'>

function removeOf(
  db: Database,
  app: string,
  isDue: (of: Samples) => ExpressionWrapper<Tables, 'claim_samples', SqlBool>,
): Promise<number> {
  return inSlices((): Promise<DeleteResult> =>
    db
      .deleteFrom('claim_samples')
      .where('app', '=', app)
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('day', 'rank'),
          'in',
          selectFrom('claim_samples')
            .select(['day', 'rank'])
            .where('app', '=', app)
            .where(isDue)
            .orderBy('day')
            .orderBy('rank')
            .limit(samplesPerSlice)
            .$asTuple('day', 'rank'),
        ),
      )
      .executeTakeFirstOrThrow(),
  )
}

function toSample(row: Selectable<Tables['claim_samples']>): ClaimSample {
  const { version_code: versionCode, is_remembered: remembered, claims, facts, ...rest } = row
  return {
    ...rest,
    versionCode,
    isRemembered: remembered === 1,
    claims: fromJson(claims),
    facts: fromJson(facts),
  }
}
