import { statusListMemory } from '@assay/protocol'
import type { SelectQueryBuilder } from 'kysely'
import type { Database, Tables } from '../database/tables.ts'
import { dayOf, numbered } from './enrolments.ts'
import { inSlices } from './in-slices.ts'

/**
 * Installations removed per statement: nobody waits for long behind it. Each is stored in eight places, none of which
 * is cached if there are a million, and what a statement has touched is soon written back to the file by another one,
 * which is then slow.
 */
export const installationsPerSlice = 4
/** Enrolments removed per statement. */
export const enrolmentsPerSlice = 15
/** Days for which enrolments are kept: for as long, guards learn of keys that vouched for an installation. */
const enrolmentsKept = Math.ceil((2 * statusListMemory) / 86_400) + 1

export async function forgetOf(db: Database, app: string): Promise<void> {
  // Those that arrive in the meantime are left: it must end even if they arrive as fast as they are removed.
  const last = await db
    .selectFrom('installations')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst()
  await inSlices(() =>
    db
      .deleteFrom('installations')
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('installations as one')
          .select('one.id')
          .where('one.app', '=', numbered(app))
          .where('one.id', '<=', last?.id ?? 0)
          .limit(installationsPerSlice),
      )
      .executeTakeFirstOrThrow(),
  )
  // Day by day, in storage order.
  for (let day = await firstDay(db, -1); day !== undefined; day = await firstDay(db, day)) {
    const ofDay = day
    await removeEnrolments(db, (old) => old.where('day', '=', ofDay).where('app', '=', numbered(app)))
  }
}

/** The first day after the given one on which an enrolment was counted. */
async function firstDay(db: Database, after: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('enrolments')
    .select('day')
    .where('day', '>', after)
    .orderBy('day')
    .limit(1)
    .executeTakeFirst()
  return row?.day
}

export async function prune(db: Database, before: number, now: number, signal?: AbortSignal): Promise<void> {
  await inSlices(
    () =>
      db
        .deleteFrom('installations')
        .where('id', 'in', ({ selectFrom }) =>
          selectFrom('installations as old')
            .select('old.id')
            .where('old.seen_on', '<', dayOf(before))
            .orderBy('old.seen_on')
            .limit(installationsPerSlice),
        )
        .executeTakeFirstOrThrow(),
    signal,
  )
  await removeEnrolments(db, (old) => old.where('day', '<', dayOf(now) - enrolmentsKept), signal)
  await db
    .deleteFrom('vendor_calls')
    .where('day', '<', dayOf(now) - 1)
    .execute()
}

type EnrolmentQuery = SelectQueryBuilder<Tables, 'enrolments', object>

/** Removes those that `which` selects, a few at a time. */
async function removeEnrolments(
  db: Database,
  which: (all: EnrolmentQuery) => EnrolmentQuery,
  signal?: AbortSignal,
): Promise<void> {
  await inSlices(
    () =>
      db
        .deleteFrom('enrolments')
        .where(({ eb, refTuple, selectFrom }) =>
          eb(
            refTuple('day', 'app', 'vouching_key', 'kind', 'thumbprint'),
            'in',
            which(selectFrom('enrolments'))
              .select(['day', 'app', 'vouching_key', 'kind', 'thumbprint'])
              .orderBy('day')
              .limit(enrolmentsPerSlice)
              .$asTuple('day', 'app', 'vouching_key', 'kind', 'thumbprint'),
          ),
        )
        .executeTakeFirstOrThrow(),
    signal,
  )
}
