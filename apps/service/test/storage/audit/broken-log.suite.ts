import { describe, expect, it } from 'vitest'
import { auditHash, noEntry, type Appended } from '../../../src/operations/audit/ports.ts'
import { createJournal } from '../../../src/storage/audit/journal.ts'
import { toEntry } from '../../../src/storage/audit/entry-rows.ts'
import { hasMac } from '../../../src/storage/audit/seals.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import type { StorageWorld } from '../support/storage-world.ts'

type Db = OpenedDatabase['db']

const auditKey = Buffer.alloc(32, 5)

/** A node that carries out acts without further effect. */
function nodeOn({ db }: Pick<OpenedDatabase, 'db'>, key: Uint8Array = auditKey) {
  const journal = createJournal({
    ...{ db, auditKey: key, clock: () => 1_000 },
    actor: () => ({ key: 'k', name: 'operator' }),
  })
  const act = (object: string, failure?: Error) =>
    journal.act('app.add', object, async () => {
      if (failure !== undefined) throw failure
      return [object, { after: { object } }]
    })
  return { ...journal, act }
}

const entriesOf = (db: Db) => db.selectFrom('audit_entries').selectAll().orderBy('number').execute()
const actions = async (db: Db) =>
  (await entriesOf(db)).map(({ number, action, after }) => `${number} ${action} ${after}`)

async function addSigningKey(db: Db) {
  const key = { kid: 'k', number: 1, alg: 'ES256', sealed: Buffer.alloc(1), created_at: 0, activate_at: 0 }
  await db
    .insertInto('signing_keys')
    .values({ ...key, alg: 'ES256', retire_at: null })
    .execute()
}

/** What the writer of the database can do about the chain: everything but MACs and seal. */
async function rewrite(db: Db) {
  let previous: string = noEntry.hash
  for (const row of await entriesOf(db)) {
    const entry = { ...toEntry(row), object: `not ${row.object}`, previous }
    const hash = auditHash(entry)
    await db
      .updateTable('audit_entries')
      .set({ object: entry.object, previous, hash })
      .where('number', '=', row.number)
      .execute()
    await db.updateTable('audit_head').set({ number: row.number, hash }).execute()
    previous = hash
  }
}

async function copyOf(db: Db) {
  const [entries, head] = [
    await entriesOf(db),
    await db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow(),
  ]
  return async () => {
    await db.deleteFrom('audit_entries').execute()
    await db.insertInto('audit_entries').values(entries).execute()
    await db.updateTable('audit_head').set(head).execute()
  }
}

const insertAt = (db: Db, number: number) =>
  db
    .insertInto('audit_entries')
    .values({
      ...{ number, happened_at: 8.7e15, key: null, key_name: '', action: 'app.add', object: 'x' },
      ...{ before: 'no JSON' as never, after: '{' as never, previous: 'short', hash: 'short', mac: 'short' },
    })
    .execute()
const last = (db: Db) => ({
  set: (row: object) => db.updateTable('audit_entries').set(row).where('number', '=', 2),
})

const tampering: Record<string, { reason: string; tamper: (db: Db) => Promise<unknown> }> = {
  'rewritten from its first entry': { reason: 'seal', tamper: rewrite },
  'without its head': { reason: 'seal', tamper: (db) => db.deleteFrom('audit_head').execute() },
  'with a head of its own': {
    reason: 'seal',
    tamper: (db) =>
      db
        .updateTable('audit_head')
        .set({ number: 2 ** 53, hash: 'A'.repeat(43) })
        .execute(),
  },
  'cut off': {
    reason: 'end',
    tamper: (db) => db.deleteFrom('audit_entries').where('number', '=', 2).execute(),
  },
  'with an entry of its own after the head': { reason: 'end', tamper: (db) => insertAt(db, 3) },
  'whose last entry was changed': {
    reason: 'edited',
    tamper: (db) => last(db).set({ key_name: 'somebody else' }).execute(),
  },
  'whose last entry has another MAC': {
    reason: 'mac',
    tamper: (db) =>
      last(db)
        .set({ mac: 'A'.repeat(43) })
        .execute(),
  },
  'without any entry': {
    reason: 'empty',
    tamper: async (db) => {
      await db.deleteFrom('audit_entries').execute()
      await db.deleteFrom('audit_head').execute()
      await addSigningKey(db)
    },
  },
}

export function brokenLogSuite(world: StorageWorld): void {
  describe('an audit log that is broken', () => {
    it.each(Object.entries(tampering))(
      '%s: keeps no act from happening, and says so once',
      async (_, how) => {
        const opened = await world.open()
        const { db } = opened
        const before = nodeOn(opened)
        await before.act('one')
        await before.act('two')
        await how.tamper(db)
        // One that starts later: it has seen no head.
        const node = nodeOn(opened)
        expect(await node.act('three')).toBe('three')
        expect(await node.act('four')).toBe('four')
        const written = (await actions(db)).filter((line) => /broken|three|four/.test(line))
        expect(written.map((line) => line.replace(/^\d+ /, ''))).toEqual([
          `audit.broken {"reason":"${how.reason}"}`,
          'app.add {"object":"three"}',
          'app.add {"object":"four"}',
        ])
        const genuine = (await entriesOf(db)).slice(-3)
        expect(genuine.every((row) => hasMac(row, auditKey))).toBe(true)
      },
    )

    it('is recorded without an act, too, when its end is looked at', async () => {
      const opened = await world.open()
      const node = nodeOn(opened)
      await node.act('one')
      await node.examine()
      await rewrite(opened.db)
      await node.examine()
      await node.examine()
      expect(await actions(opened.db)).toEqual([
        '1 app.add {"object":"one"}',
        expect.stringMatching(/^2 audit\.broken/),
      ])
    })

    it('is looked at without a lock, for which acts would wait, while it is whole', async () => {
      const opened = await world.open()
      await nodeOn(opened).act('one')
      const db = new Proxy(opened.db, {
        get(target, name) {
          if (name === 'transaction') throw new Error('a lock')
          const member: unknown = Reflect.get(target, name)
          return typeof member === 'function' ? (member.bind(target) as unknown) : member
        },
      })
      const whole = nodeOn({ db })
      await whole.examine()
      expect(whole.seen()).toMatchObject({ number: 1 })
      await rewrite(opened.db)
      await expect(nodeOn({ db }).examine()).rejects.toThrow('a lock')
    })

    it('is found under a new key, if somebody has removed the key and every entry', async () => {
      const opened = await world.open()
      await nodeOn(opened).act('one')
      await addSigningKey(opened.db)
      await opened.db.deleteFrom('audit_entries').execute()
      const node = nodeOn(opened, Buffer.alloc(32, 6))
      await node.examine()
      expect(await actions(opened.db)).toEqual(['1 audit.broken {"reason":"seal"}'])
    })

    it('is found by the node that has seen a later head, and by no other', async () => {
      const opened = await world.open()
      const { db } = opened
      const node = nodeOn(opened)
      await node.act('one')
      const rollBack = await copyOf(db)
      await node.act('two')
      const seen = node.seen()
      await rollBack()
      const other = nodeOn(await world.openSecond())
      await other.act('instead of two')
      await other.act('three')
      expect((await actions(db)).join()).not.toContain('broken')
      await node.act('four')
      expect((await actions(db)).slice(3)).toEqual([
        '4 audit.broken {"reason":"undercut"}',
        '5 app.add {"object":"four"}',
      ])
      expect(toEntry((await entriesOf(db))[3] as never).before).toEqual(seen)
    })

    it('goes on after the head that was seen, not at the number of an entry that was', async () => {
      const opened = await world.open()
      const node = nodeOn(opened)
      await node.act('one')
      const rollBack = await copyOf(opened.db)
      await node.act('two')
      await rollBack()
      await node.act('three')
      expect(await actions(opened.db)).toEqual([
        '1 app.add {"object":"one"}',
        '3 audit.broken {"reason":"undercut"}',
        '4 app.add {"object":"three"}',
      ])
    })

    it('goes on where an entry with the last possible number stands in its way', async () => {
      const opened = await world.open()
      const node = nodeOn(opened)
      await node.act('one')
      await insertAt(opened.db, 2 ** 53 - 1)
      await insertAt(opened.db, 2 ** 52 - 1)
      expect(await node.act('two')).toBe('two')
      expect(await node.act('three')).toBe('three')
      expect((await actions(opened.db)).join()).toContain('{"object":"three"}')
    })
  })

  describe('an audit log', () => {
    it('of a new store begins with the first act', async () => {
      const opened = await world.open()
      const node = nodeOn(opened)
      await node.examine()
      await node.act('one')
      expect(await actions(opened.db)).toEqual(['1 app.add {"object":"one"}'])
    })

    it('gives the number and the MAC of each entry away, once it is committed', async () => {
      const opened = await world.open()
      const node = nodeOn(opened)
      const followed: Appended[] = []
      node.follow((entry) => followed.push(entry))
      await node.act('one')
      await node.act('two')
      await expect(node.act('three', new Error('rolled back'))).rejects.toThrow('rolled back')
      const rows = await entriesOf(opened.db)
      expect(followed.map(({ number, mac }) => ({ number, mac }))).toEqual(
        rows.map(({ number, mac }) => ({ number, mac })),
      )
    })

    it('that two nodes write at once is no broken one', async () => {
      const nodes = [nodeOn(await world.open()), nodeOn(await world.openSecond())]
      for (let round = 0; round < 5; round += 1)
        await Promise.all(nodes.map((node, i) => node.act(`${round}/${i}`)))
      await Promise.all(nodes.map((node) => node.examine()))
      const lines = await actions((await world.openSecond()).db)
      expect(lines).toHaveLength(10)
      expect(lines.join()).not.toContain('broken')
    })
  })
}
