import { describe, expect, it } from 'vitest'
import { audited, type AuditTable } from '../../../src/storage/audit/audited.ts'
import { auditTables } from '../../../src/storage/audit/audited-stores.ts'
import { createJournal } from '../../../src/storage/audit/journal.ts'
import type { Database } from '../../../src/storage/database/tables.ts'
import { sqliteWorld } from '../support/sqlite-world.ts'

/** A store of one kind of row; it stands for all those that operators administer. */
function openSecrets(db: Database) {
  const count = async () => (await db.selectFrom('secrets').select('name').execute()).length
  const put = async (name: string): Promise<'ok' | 'empty'> => {
    await db
      .insertInto('secrets')
      .values({ name, sealed: Buffer.from(name) })
      .execute()
    return name === '' ? 'empty' : 'ok'
  }
  return { count, put }
}

const table: AuditTable<ReturnType<typeof openSecrets>, number> = {
  count: 'reads',
  put: {
    action: 'secret.put',
    object: (name) => name,
    before: (store) => store.count(),
    change: async ({ gives, seen, store }) =>
      gives === 'ok' ? { before: seen, after: await store.count() } : undefined,
  },
}

const world = sqliteWorld()

async function open(how: AuditTable<ReturnType<typeof openSecrets>, number> = table) {
  const { db } = await world.open()
  const journal = createJournal({
    ...{ db, auditKey: Buffer.alloc(32), clock: () => 0 },
    actor: () => ({ key: null, name: 'local' }),
  })
  const entries = () =>
    db.selectFrom('audit_entries').select(['action', 'object', 'before', 'after']).execute()
  return { store: audited(openSecrets, how, { db, journal }), entries }
}

describe('a store whose acts are written down', () => {
  it('writes what an act found and left, as the transaction of the act sees it', async () => {
    const { store, entries } = await open()
    expect(await store.put('a')).toBe('ok')
    expect(await store.put('b')).toBe('ok')
    expect(await store.count()).toBe(2)
    expect(await entries()).toEqual([
      { action: 'secret.put', object: 'a', before: '0', after: '1' },
      { action: 'secret.put', object: 'b', before: '1', after: '2' },
    ])
  })

  it('writes no entry for an act without effect, or for upkeep', async () => {
    const { store, entries } = await open()
    expect(await store.put('')).toBe('empty')
    const { store: kept, entries: none } = await open({ ...table, put: 'upkeep' })
    expect(await kept.put('a')).toBe('ok')
    expect([...(await entries()), ...(await none())]).toEqual([])
  })

  it('keeps neither act nor entry if the other fails', async () => {
    const change = () => Promise.reject(new Error())
    const { store, entries } = await open({
      ...table,
      put: { action: 'secret.put', object: (name) => name, change },
    })
    await expect(store.put('a')).rejects.toThrow()
    expect(await store.count()).toBe(0)
    expect(await entries()).toEqual([])
  })

  it('sends no write of a method that is listed as one that reads', async () => {
    const { store } = await open({ ...table, put: 'reads' })
    await expect(store.put('a')).rejects.toThrow('InsertQueryNode')
    expect(await store.count()).toBe(0)
  })

  it('does not compile with a method that the table does not list, or lists as neither', () => {
    type Store = ReturnType<typeof openSecrets> & { clear: () => Promise<void> }
    // @ts-expect-error `clear` is missing
    const forgotten: AuditTable<Store, number> = table
    // @ts-expect-error this is no kind of method
    const neither: AuditTable<Store, number> = { ...table, clear: 'writes' }
    expect([forgotten, neither]).toHaveLength(2)
  })
})

it('only these methods of administered stores write what nobody has ordered', () => {
  const upkeep = Object.entries(auditTables).flatMap(([store, methods]) =>
    Object.entries(methods).flatMap(([name, kind]) => (kind === 'upkeep' ? [`${store}.${name}`] : [])),
  )
  expect(upkeep).toEqual([
    'builds.touch',
    'apiKeys.touch',
    'developmentSecrets.use',
    'bans.prune',
    'allowEntries.prune',
    'signingKeys.insert',
    'signingKeys.retire',
    // The act itself follows, in a transaction of its own.
    'knownInstallations.forgetTraces',
  ])
})
