import { setImmediate as othersFirst } from 'node:timers/promises'
import { sql, type DeleteResult, type Selectable } from 'kysely'
import { spans } from '../../operations/fleet/ports.ts'
import {
  countOf,
  decodeDistinct,
  encodeDistinct,
  sketchLength,
  sketchOf,
} from '../../operations/users/distinct.ts'
import {
  mostUserCounts,
  otherValues,
  type UserCount,
  type UserKey,
  type UserQuery,
  type UserStore,
} from '../../operations/users/ports.ts'
import { largestOf, restOf, united } from '../../operations/users/user-count.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { OpenedDatabase } from '../database/opened-database.ts'
import type { Database, Tables } from '../database/tables.ts'
import { inSlices } from './in-slices.ts'

type Row = Selectable<Tables['installation_counts']>

/** Counts of an app within one span. */
interface Where {
  app: string
  span: number
  starts_at: number
}

/** Rows read, or written anew, at once: one may hold 60 kB. */
const rowsAtOnce = 25

const key = ['app', 'span', 'starts_at', 'dimension', 'value', 'code'] as const

export function createUserCountRepository({ db, kind }: Pick<OpenedDatabase, 'db' | 'kind'>): UserStore {
  const unite = (trx: Database, where: Where, counts: readonly UserCount[]) => add(trx, kind, where, counts)
  return {
    add: (app: string, hour: number, counts: readonly UserCount[]) =>
      inTransaction(db, (trx) => unite(trx, { app, span: spans.hour, starts_at: hour }, counts)),
    read: (query: UserQuery) => read(db, query),
    async numbers(hour: number, dimension: UserKey['dimension'], limit: number) {
      const rows = await db
        .selectFrom('installation_counts')
        .select(['app', 'value', 'code', 'passed', 'refused'])
        .where('app', 'in', ({ selectFrom }) => selectFrom('apps').select('id'))
        .where('span', '=', spans.hour)
        .where('starts_at', '=', hour)
        .where('dimension', '=', dimension)
        .orderBy(sql`passed + refused`, 'desc')
        .orderBy('app')
        .orderBy('value')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ ...row, dimension, at: hour }))
    },
    apps: () => appsOf(db),
    async condense({ exact, hours, days }: Parameters<UserStore['condense']>[0]): Promise<void> {
      for (const app of await appsOf(db)) {
        while (await giveUpMembers(db, app, exact)) await othersFirst()
        while (await inTransaction(db, (trx) => uniteSome(trx, app, hours, unite))) await othersFirst()
        await inSlices(() => removeSome(db, app, days))
      }
    },
  }
}

const appsOf = async (db: Database): Promise<string[]> =>
  (await db.selectFrom('apps').select('id').orderBy('id').execute()).map(({ id }) => id)

/** The row of the app is locked meanwhile, so that two nodes that add to one hour do it one after the other. */
async function add(
  trx: Database,
  kind: OpenedDatabase['kind'],
  where: Where,
  counts: readonly UserCount[],
): Promise<void> {
  const ofApp = trx.selectFrom('apps').select('id').where('id', '=', where.app)
  const app = await (kind === 'postgres' ? ofApp.forNoKeyUpdate() : ofApp).executeTakeFirst()
  if (app === undefined) return
  const there = await numbersOf(trx, where)
  const stay = staying(there, counts)
  const wanted = new Map<string, UserCount>()
  const want = (count: UserCount) => {
    const known = wanted.get(nameOf(count))
    wanted.set(nameOf(count), known === undefined ? emptyPlus(count) : united(known, count))
  }
  for (const count of counts) want(stay(count) ? count : { ...count, ...restOf(count) })
  for (const row of there.filter((one) => !stay(one))) {
    const [given] = await remove(trx, where, row)
    if (given !== undefined) want({ ...toCount(given), ...restOf(row) })
  }
  for (const count of wanted.values()) {
    const known = await find(trx, where, count)
    await put(trx, where, known === undefined ? count : united(toCount(known), count))
  }
}

/** A count that others may be united with: what was given stays as it is. */
const emptyPlus = (count: UserCount): UserCount =>
  united(
    {
      ...count,
      passed: { kind: 'members', members: new Set() },
      refused: { kind: 'members', members: new Set() },
    },
    count,
  )

type Numbers = UserKey & { size: number }

async function numbersOf(trx: Database, where: Where): Promise<Numbers[]> {
  const rows = await trx
    .selectFrom('installation_counts')
    .select(['dimension', 'value', 'code', 'passed', 'refused'])
    .where('app', '=', where.app)
    .where('span', '=', where.span)
    .where('starts_at', '=', where.starts_at)
    .execute()
  return rows.map(({ passed, refused, ...of }) => ({ ...of, size: passed + refused }))
}

/** Whether a count is among the largest, of those in the store and new ones together. The rest of each dimension is. */
function staying(there: readonly Numbers[], counts: readonly UserCount[]): (count: UserKey) => boolean {
  const sizes = new Map(there.map((row) => [nameOf(row), row.size]))
  for (const count of counts) {
    const size = Math.max(sizes.get(nameOf(count)) ?? 0, countOf(count.passed) + countOf(count.refused))
    sizes.set(nameOf(count), size)
  }
  const always = (count: UserKey) => count.dimension === 'app' || count.value === otherValues
  const named = new Map(
    [...there, ...counts].filter((count) => !always(count)).map((count) => [nameOf(count), count] as const),
  )
  const ordered = [...named]
    .sort(([a], [b]) => (sizes.get(b) as number) - (sizes.get(a) as number) || (a < b ? -1 : 1))
    .map(([, count]) => count)
  const kept = new Set(largestOf<UserKey>(ordered, mostUserCounts - alwaysAtMost).map(nameOf))
  return (count) => always(count) || kept.has(nameOf(count))
}

/** The count of the app, and the rest of each other dimension. */
const alwaysAtMost = 6

const nameOf = ({ dimension, value, code }: UserKey): string => `${dimension}\0${value}\0${code}`

const one = <Query extends { where(column: never, is: never, value: never): Query }>(
  query: Query,
  where: Where,
  { dimension, value, code }: UserKey,
): Query => {
  let narrowed = query
  for (const [column, is] of Object.entries({ ...where, dimension, value, code }))
    narrowed = narrowed.where(column as never, '=' as never, is as never)
  return narrowed
}

const find = (trx: Database, where: Where, of: UserKey): Promise<Row | undefined> =>
  one(trx.selectFrom('installation_counts').selectAll(), where, of).executeTakeFirst()

const remove = (trx: Database, where: Where, of: UserKey): Promise<Row[]> =>
  one(trx.deleteFrom('installation_counts'), where, of).returningAll().execute()

const toCount = ({ dimension, value, code, passed_members, refused_members }: Row): UserCount => ({
  ...{ dimension, value, code },
  passed: decodeDistinct(passed_members),
  refused: decodeDistinct(refused_members),
})

async function put(trx: Database, where: Where, count: UserCount): Promise<void> {
  const { dimension, value, code, passed, refused } = count
  const numbers = {
    passed: countOf(passed),
    passed_members: encodeDistinct(passed),
    refused: countOf(refused),
    refused_members: encodeDistinct(refused),
  }
  await trx
    .insertInto('installation_counts')
    .values({ ...where, dimension, value, code, ...numbers })
    .onConflict((conflict) => conflict.columns(key).doUpdateSet(numbers))
    .execute()
}

async function* read(
  db: Database,
  { app, dimension, value, code, since, until }: UserQuery,
): AsyncIterable<UserCount & { at: number }> {
  let ofApp = db
    .selectFrom('installation_counts')
    .selectAll()
    .where('app', '=', app)
    .where('span', 'in', [spans.hour, spans.day])
    .where(sql<boolean>`starts_at + span > ${since}`)
    .where('starts_at', '>', since - spans.day)
    .where('starts_at', '<', until)
    .where('dimension', '=', dimension)
  if (value !== undefined) ofApp = ofApp.where('value', '=', value)
  if (code !== undefined) ofApp = ofApp.where('code', '=', code)
  let last: Row | undefined
  for (;;) {
    const after = last
    const page = await (
      after === undefined
        ? ofApp
        : ofApp.where(({ eb, refTuple, tuple }) =>
            eb(
              refTuple('starts_at', 'span', 'value', 'code'),
              '>',
              tuple(after.starts_at, after.span, after.value, after.code),
            ),
          )
    )
      .orderBy('starts_at')
      .orderBy('span')
      .orderBy('value')
      .orderBy('code')
      .limit(rowsAtOnce)
      .execute()
    for (const row of page) yield { ...toCount(row), at: row.starts_at }
    last = page.at(-1)
    if (page.length < rowsAtOnce) return
    await othersFirst()
  }
}

/** Of some hours that are over: the number stays exact, and the sketch is for what they are united with. */
async function giveUpMembers(db: Database, app: string, before: number): Promise<boolean> {
  const rows = await db
    .selectFrom('installation_counts')
    .selectAll()
    .where('app', '=', app)
    .where('span', '=', spans.hour)
    .where('starts_at', '<', before)
    .where(
      sql<boolean>`(length(passed_members) > ${sketchLength} or length(refused_members) > ${sketchLength})`,
    )
    .limit(rowsAtOnce)
    .execute()
  for (const row of rows) {
    const count = toCount(row)
    const numbers = {
      passed_members: shorter(row.passed_members, count.passed),
      refused_members: shorter(row.refused_members, count.refused),
    }
    await one(db.updateTable('installation_counts').set(numbers), row, row)
      // Another node may have added to it in the meantime.
      .where('passed_members', '=', row.passed_members)
      .where('refused_members', '=', row.refused_members)
      .execute()
  }
  return rows.length === rowsAtOnce
}

const shorter = (bytes: Uint8Array, distinct: UserCount['passed']): Uint8Array =>
  bytes.length > sketchLength ? encodeDistinct(sketchOf(distinct)) : bytes

/** What is deleted is what is added: of two nodes that do it at once, each adds only what it has deleted itself. */
async function uniteSome(
  trx: Database,
  app: string,
  before: number,
  unite: (trx: Database, where: Where, counts: readonly UserCount[]) => Promise<void>,
): Promise<boolean> {
  const oldest = await trx
    .selectFrom('installation_counts')
    .select(({ fn }) => fn.min('starts_at').as('at'))
    .where('app', '=', app)
    .where('span', '=', spans.hour)
    .executeTakeFirst()
  const at = oldest?.at ?? null
  if (at === null || at >= before) return false
  const some = await trx
    .deleteFrom('installation_counts')
    .where('app', '=', app)
    .where('span', '=', spans.hour)
    .where('starts_at', '=', at)
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('dimension', 'value', 'code'),
        'in',
        selectFrom('installation_counts')
          .select(['dimension', 'value', 'code'])
          .where('app', '=', app)
          .where('span', '=', spans.hour)
          .where('starts_at', '=', at)
          .orderBy(sql`passed + refused`, 'desc')
          .limit(rowsAtOnce)
          .$asTuple('dimension', 'value', 'code'),
      ),
    )
    .returningAll()
    .execute()
  await unite(trx, { app, span: spans.day, starts_at: at - (at % spans.day) }, some.map(toCount))
  return true
}

const removeSome = (db: Database, app: string, before: number): Promise<DeleteResult> =>
  db
    .deleteFrom('installation_counts')
    .where('app', '=', app)
    .where('span', '=', spans.day)
    .where('starts_at', '=', ({ selectFrom }) =>
      selectFrom('installation_counts')
        .select(({ fn }) => fn.min('starts_at').as('at'))
        .where('app', '=', app)
        .where('span', '=', spans.day)
        .where('starts_at', '<', before),
    )
    .executeTakeFirstOrThrow()
