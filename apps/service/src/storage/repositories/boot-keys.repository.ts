import type { BootKeySet } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { BootKeyOrder, BootKeysPut, BootKeyStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toJson, toMillis, toTime } from '../database/columns.ts'
import { inTransaction } from '../database/in-transaction.ts'
import { first } from '../database/rows.ts'
import type { Database, Tables } from '../database/tables.ts'

export function createBootKeyRepository({ db }: { db: Database }): BootKeyStore {
  return {
    put: (set, order) => putSet(db, set, order),
    rehearse: (set, order) => judge(db, set, order),
    find: (system: string) => findSet(db, system),
    async list(page: Page): Promise<BootKeySet[]> {
      const rows = await db
        .selectFrom('boot_keys')
        .selectAll()
        .where('system', '>', first(page))
        .orderBy('system')
        .limit(page.limit)
        .execute()
      return rows.map(toSet)
    },
    async all(): Promise<Map<string, bigint>> {
      const rows = await db
        .selectFrom('boot_keys')
        .select(['keys', 'published_at'])
        .orderBy('published_at')
        .orderBy('system')
        .execute()
      return new Map(
        rows.flatMap(({ keys, published_at: at }) =>
          fromJson(keys).map((key) => [key, BigInt(Math.floor(at / 1000))] as const),
        ),
      )
    },
    async remove(system: string): Promise<BootKeySet | undefined> {
      const row = await db
        .deleteFrom('boot_keys')
        .where('system', '=', system)
        .returningAll()
        .executeTakeFirst()
      return row && toSet(row)
    },
  }
}

function putSet(db: Database, set: BootKeySet, order: BootKeyOrder): Promise<BootKeysPut> {
  const { system, keys, published_at, given_at, ...rest } = set
  return inTransaction(db, async (trx) => {
    // Locked, so that of two simultaneous lists the older one meets the newer.
    await trx.updateTable('boot_keys').set({ system }).where('system', '=', system).execute()
    const judged = await judge(trx, set, order)
    if (typeof judged === 'string') return judged
    const said = {
      ...rest,
      keys: toJson(keys),
      published_at: toMillis(published_at),
      given_at: toMillis(given_at),
    }
    await trx
      .insertInto('boot_keys')
      .values({ system, ...said })
      .onConflict((conflict) => conflict.column('system').doUpdateSet(said))
      .execute()
    return judged
  })
}

async function judge(db: Database, set: BootKeySet, order: BootKeyOrder): Promise<BootKeysPut> {
  const before = await findSet(db, set.system)
  if (before !== undefined) {
    const isOlder = toMillis(set.published_at) < toMillis(before.published_at)
    return isOlder && !order.mayBeOlder ? 'older' : { before }
  }
  const { number } = await db
    .selectFrom('boot_keys')
    .select(({ fn }) => fn.countAll<number | string>().as('number'))
    .executeTakeFirstOrThrow()
  return Number(number) >= order.most ? 'full' : { before }
}

async function findSet(db: Database, system: string): Promise<BootKeySet | undefined> {
  const row = await db.selectFrom('boot_keys').selectAll().where('system', '=', system).executeTakeFirst()
  return row && toSet(row)
}

function toSet({ keys, published_at, given_at, ...rest }: Selectable<Tables['boot_keys']>): BootKeySet {
  return {
    ...rest,
    published_at: toTime(published_at),
    given_at: toTime(given_at),
    keys: fromJson(keys),
  }
}
