import { describe, expect, it } from 'vitest'
import type { AuditEntry, AuditFault } from '@assay/protocol/schemas'
import { auditHash, noEntry, type KnownHead, type AllowedRow } from '../../../src/operations/audit/ports.ts'
import { createAuditVerification } from '../../../src/operations/audit/verification.ts'

const hour = 3_600_000

type Key = { id: string; isGenuine: boolean }

/** A log of so many entries, and what was read of it. */
function logOf(count: number) {
  const entries: AuditEntry[] = []
  const add = () => {
    const { number, hash: previous } = entries.at(-1) ?? noEntry
    const rest = { key: null, key_name: 'local', action: 'app.update', object: 'a', before: null, after: {} }
    const entry = { number: number + 1, at: '2026-01-01T00:00:00.000Z', ...rest, previous }
    const hash = auditHash(entry)
    entries.push({ ...entry, hash, mac: `mac of ${hash}` })
  }
  for (let i = 0; i < count; i++) add()
  const reads: number[] = []
  const faults: AuditFault[] = []
  const world = {
    now: 0,
    hold: undefined as Promise<void> | undefined,
    error: undefined as Error | undefined,
    seen: undefined as KnownHead | undefined,
    keys: [] as Key[],
    allowed: [] as AllowedRow[],
  }
  const verification = createAuditVerification({
    audit: {
      async after(number, limit) {
        reads.push(number)
        await world.hold
        if (world.error !== undefined) throw world.error
        return entries.slice(number, number + limit).filter((entry) => entry !== undefined)
      },
      head: async () => {
        const { number, hash } = entries.at(-1) ?? noEntry
        return { number, hash, isSealed: true }
      },
      sealsOf: async (number) => entries[number - 1],
      isGenuine: ({ hash, mac }) => mac === `mac of ${hash}`,
      seen: () => world.seen,
      isInUse: async () => true,
      keys: async (after) => (after === '' ? world.keys : []),
      allowed: async (after) => (after === undefined ? world.allowed : []),
    },
    clock: () => world.now,
    onFault: (fault) => void faults.push(fault),
  })
  return { world, verification, entries, add, reads, faults }
}

describe('the audit log', () => {
  it('is read once for all who ask at the same time, and says how far and when', async () => {
    const { verification, entries, reads } = logOf(20)
    const all = await Promise.all(Array.from({ length: 60 }, () => verification.verify()))
    expect(reads).toEqual([0, 8, 16])
    const { number, hash } = entries.at(-1) as AuditEntry
    const at = '1970-01-01T00:00:00.000Z'
    const run = { began_at: at, ended_at: at, entries: 20 }
    expect(new Set(all.map((one) => JSON.stringify(one)))).toEqual(
      new Set([
        JSON.stringify({
          ok: true,
          head: { number, hash },
          fault: null,
          other_keys: [],
          other_allowed: [],
          run,
        }),
      ]),
    )
  })

  it('is read anew at most once an hour; before that only what was added', async () => {
    const { verification, world, add, reads } = logOf(10)
    await verification.verify()
    reads.length = 0
    world.now = hour - 1
    await verification.verify()
    expect(reads).toEqual([])
    add()
    expect(await verification.verify()).toMatchObject({ ok: true, head: { number: 11 } })
    expect(reads).toEqual([10])
    world.now = hour
    await verification.verify()
    expect(reads).toEqual([10, 0, 8])
  })

  it('shows a change within the hour where it was added, and elsewhere with the next run', async () => {
    const { verification, world, entries, add, faults } = logOf(10)
    await verification.verify()
    Object.assign(entries[3] as AuditEntry, { key_name: 'other' })
    expect(await verification.verify()).toMatchObject({ ok: true })
    world.now = hour
    expect(await verification.verify()).toMatchObject({ ok: false, fault: { number: 4, reason: 'edited' } })
    add()
    expect(await verification.verify()).toMatchObject({ ok: false, head: { number: 3 } })
    expect(faults).toEqual([{ number: 4, reason: 'edited' }])
    const { entries: added, verification: other, add: addTo } = logOf(10)
    await other.verify()
    addTo()
    Object.assign(added[10] as AuditEntry, { key_name: 'other' })
    expect(await other.verify()).toMatchObject({ fault: { number: 11, reason: 'edited' } })
  })

  it('that is long is answered by how far it is, and by its end once that is there', async () => {
    const { verification, entries } = logOf(9_000)
    const first = await verification.verify()
    expect(first).toMatchObject({ ok: true, fault: null, run: { ended_at: null, entries: 9_000 } })
    expect(first.head.number).toBeGreaterThanOrEqual(4_000)
    expect(first.head.number).toBeLessThan(9_000)
    const kept = { number: 9_000, hash: entries.at(-1)?.hash ?? '' }
    expect(await verification.verify(kept)).toMatchObject({ ok: true })
    await verification.runAll(new AbortController().signal)
    expect(await verification.verify(kept)).toMatchObject({ ok: true, head: kept })
    expect(await verification.verify({ ...kept, number: 9_001 })).toMatchObject({
      fault: { number: 9_001, reason: 'head' },
    })
    expect(await verification.verify({ number: 4, hash: kept.hash })).toMatchObject({
      fault: { number: 4, reason: 'head' },
    })
  })

  it('with an entry that the service did not write is not whole', async () => {
    const { verification, entries } = logOf(10)
    Object.assign(entries[4] as AuditEntry, { mac: 'another' })
    expect((await verification.verify()).fault).toEqual({ number: 5, reason: 'mac' })
  })

  it('in which the service has recorded a break is followed to its end, and never whole again', async () => {
    const { verification, world, entries, add } = logOf(4)
    const broken = { ...(entries[2] as AuditEntry), action: 'audit.broken', number: 9, previous: 'whatever' }
    const hash = auditHash(broken)
    entries.push({ ...broken, hash, mac: `mac of ${hash}` })
    // Numbers go on after it.
    for (let number = 5; number < 9; number++) entries.splice(number - 1, 0, undefined as never)
    expect(await verification.verify()).toMatchObject({
      fault: { number: 9, reason: 'broken' },
      head: { number: 9 },
    })
    add()
    world.now = hour
    expect(await verification.verify()).toMatchObject({ fault: { number: 9 }, head: { number: 10 } })
  })

  it('is held against the head that this node saw last', async () => {
    const { verification, world, entries } = logOf(4)
    world.seen = { number: 4, hash: entries[3]?.hash ?? '' }
    expect((await verification.verify()).ok).toBe(true)
    world.seen = { number: 4, hash: 'another' }
    expect((await verification.verify()).fault).toEqual({ number: 4, reason: 'undercut' })
    world.seen = { number: 5, hash: 'later' }
    expect((await verification.verify()).fault).toEqual({ number: 5, reason: 'undercut' })
  })

  it('is known by the MAC of an entry as well as by its hash', async () => {
    const { verification, entries } = logOf(4)
    const { mac } = entries[1] as AuditEntry
    expect((await verification.verify({ number: 2, hash: mac })).ok).toBe(true)
    expect((await verification.verify({ number: 3, hash: mac })).fault).toEqual({ number: 3, reason: 'head' })
  })

  it('is held against the API keys that are there, at the end of a run', async () => {
    const { verification, world, entries } = logOf(3)
    const append = (action: string, object: string) => {
      const { number, hash: previous } = entries.at(-1) as AuditEntry
      const entry = { ...(entries[0] as AuditEntry), number: number + 1, previous, action, object }
      const hash = auditHash(entry)
      entries.push({ ...entry, hash, mac: `mac of ${hash}` })
    }
    append('key.add', 'one')
    append('key.add', 'two')
    append('key.remove', 'two')
    const [one, two] = ['one', 'two'].map((id) => ({ id, isGenuine: true })) as [Key, Key]
    world.keys = [one]
    expect(await verification.verify()).toMatchObject({ ok: true, other_keys: [] })
    const found = async (...keys: Key[]) => {
      world.keys = keys
      world.now += hour
      const { ok, fault, other_keys: others } = await verification.verify()
      expect(fault).toEqual({ number: 0, reason: 'keys' })
      return [ok, others]
    }
    expect(await found(one, two)).toEqual([false, ['two']])
    expect(await found()).toEqual([false, ['one']])
    expect(await found({ ...one, isGenuine: false })).toEqual([false, ['one']])
  })

  it('is held against the allow lists that are there', async () => {
    const { verification, world, entries } = logOf(3)
    const append = (action: string, object: string, id?: string) => {
      const { number, hash: previous } = entries.at(-1) as AuditEntry
      const after = id === undefined ? null : { id }
      const entry = { ...(entries[0] as AuditEntry), number: number + 1, previous, action, object, after }
      const hash = auditHash(entry)
      entries.push({ ...entry, hash, mac: `mac of ${hash}` })
    }
    append('allow.add', 'app/a/one', '1')
    append('allow.let-through', 'app/a/two', '2')
    append('allow.remove', 'app/a/two')
    append('allow.add', 'app/a/three', '3')
    append('allow.add', 'app/a/three', '4')
    append('allow.add', 'other/a/five', '5')
    append('app.remove', 'other')
    const row = (name: string, id: string, isGenuine = true): AllowedRow => ({
      ...{ name, id, isGenuine, cursor: ['', '', ''] },
    })
    const found = async (...rows: AllowedRow[]) => {
      world.allowed = rows
      world.now += hour
      const { fault, other_allowed: others } = await verification.verify()
      return [fault?.reason, others]
    }
    // One that is gone has ended, or lets nobody in.
    expect(await found(row('app/a/one', '1'), row('app/a/three', '4'))).toEqual([undefined, []])
    expect(await found()).toEqual([undefined, []])
    for (const other of [
      row('app/a/two', '2'),
      row('app/a/three', '3'),
      row('other/a/five', '5'),
      row('app/a/six', '6'),
      row('app/a/one', '1', false),
    ])
      expect(await found(other)).toEqual(['allowed', [other.name]])
  })

  it('is read anew after a malfunction, which is no statement about it', async () => {
    const { verification, world } = logOf(3)
    world.error = new Error('the database does not answer')
    await expect(verification.verify()).rejects.toThrow('does not answer')
    world.error = undefined
    expect(await verification.verify()).toMatchObject({ ok: true, head: { number: 3 } })
  })

  it('is left where it is when the service stops', async () => {
    const { verification, reads } = logOf(9_000)
    const stopping = new AbortController()
    const run = verification.runAll(stopping.signal)
    await verification.verify()
    stopping.abort()
    await run
    await verification.close()
    expect(reads.length).toBeLessThan(9_000 / 8)
  })
})
