import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryReplayStore } from '../../src/request/replay-store.ts'
import { judged, mintProof, newGuard, now } from '../minting.ts'

function storeAt(capacity = 1000) {
  const state = { at: now }
  const store = new MemoryReplayStore({ clock: () => state.at * 1000, capacity })
  let holders = 0
  /** A holder of its own for each proof, unless one is given: what one of them may take is another matter. */
  const add = (key: string, expiresAt: number, jkt = `holder ${holders++}`, tier: Tier = 'affirming') =>
    store.addIfAbsent(key, expiresAt, { jkt, tier, usableFrom: 0 })
  return { state, store, add }
}

type Tier = 'affirming' | 'warning'

test('says once that a key is new', () => {
  const { add } = storeAt()
  expect(add('a', now + 60)).toBe(true)
  expect(add('a', now + 60)).toBe(false)
  expect(add('a', now + 500)).toBe(false)
  expect(add('b', now + 60)).toBe(true)
})

test('remembers every key until it expires, and forgets them all in the end', () => {
  const entry = fc.record({
    key: fc.nat({ max: 50 }),
    lives: fc.integer({ min: 0, max: 200 }),
    waits: fc.integer({ min: 0, max: 40 }),
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 100 }), (entries) => {
      const { state, store, add } = storeAt(10_000)
      const expires = new Map<number, number>()
      for (const { key, lives, waits } of entries) {
        state.at += waits
        const isNew = add(`key ${key}`, state.at + lives)
        const known = expires.get(key)
        if (known !== undefined && known >= state.at) expect(isNew).toBe(false)
        if (known === undefined) expect(isNew).toBe(true)
        if (isNew) expires.set(key, state.at + lives)
      }
      state.at += 300
      add('last', state.at)
      expect(store.size).toBe(1)
    }),
  )
})

describe('when full', () => {
  test('it fails and keeps what it has', () => {
    const { add } = storeAt(2)
    add('a', now + 60)
    add('b', now + 60)
    expect(() => add('c', now + 60)).toThrow(expect.objectContaining({ code: 'REPLAY_STORE_FULL' }))
    expect(add('a', now + 60)).toBe(false)
  })

  test('it takes more once the window has passed', () => {
    const { state, add } = storeAt(1)
    add('a', now + 60)
    state.at += 90
    expect(add('c', state.at + 60)).toBe(true)
  })
})

describe('a share per key', () => {
  test('is a tenth of what is free, and what it has is given back when it expires', () => {
    const { state, add } = storeAt(100)
    const taken = (jkt: string) => {
      let count = 0
      while (add(`${jkt} ${state.at} ${count}`, state.at + 60, jkt) === true) count++
      return count
    }
    expect(taken('a')).toBe(10)
    expect(add('one more', state.at + 60, 'a')).toBe('share_spent')
    expect(add(`a ${now} 0`, state.at + 60, 'a')).toBe(false)
    expect(taken('b')).toBe(9)
    state.at += 90
    expect(taken('a')).toBe(10)
  })

  test('leaves room for everybody else, however many keys take all they can', () => {
    const { add } = storeAt(10_000)
    for (let round = 0; round < 400; round++)
      for (let key = 0; key < 200; key++) add(`${key} ${round}`, now + 60, `key ${key}`)
    for (let i = 0; i < 20; i++) expect(add(`mine ${i}`, now + 60, 'mine')).toBe(true)
  })
})

describe('a reserve', () => {
  test('is for affirming tokens: others cannot use it, and find the store full before', () => {
    const { store, add } = storeAt(100)
    for (let i = 0; i < 75; i++) expect(add(`${i}`, now + 60, `key ${i}`, 'warning')).toBe(true)
    expect(() => add('75', now + 60, 'key 75', 'warning')).toThrow(
      expect.objectContaining({ code: 'REPLAY_STORE_FULL' }),
    )
    for (let i = 75; i < 100; i++) expect(add(`${i}`, now + 60)).toBe(true)
    expect(store.size).toBe(100)
    expect(() => add('100', now + 60)).toThrow(expect.objectContaining({ code: 'REPLAY_STORE_FULL' }))
  })
})

test('a clock that was set back opens no window: what was forgotten cannot be told from what is new', () => {
  const { state, add } = storeAt()
  add('a', now + 60)
  state.at += 200
  add('b', state.at + 60)
  state.at = now
  expect(() => add('a', now + 60)).toThrow(expect.objectContaining({ code: 'REPLAY_STORE_FAILED' }))
})

test('the guard remembers a proof for as long as it would pass', async () => {
  const state = { at: now }
  const guard = newGuard({ clock: () => state.at * 1000 })
  const proof = mintProof({ claims: { iat: now + 10 } })
  expect(await judged(guard, { proof })).toBe('ok')
  for (; state.at <= now + 80; state.at++) expect(await judged(guard, { proof })).toBe('PROOF_REPLAYED')
  expect(await judged(guard, { proof })).toBe('PROOF_TOO_OLD')
})

test('the guard asks the store to remember for longer than the proof can pass, whosever clock is ahead', async () => {
  let until = 0
  const addIfAbsent = (_key: string, expiresAt: number) => (until = expiresAt) > 0
  const guard = newGuard({ proofMaxAge: 60, clockTolerance: 10, replayStore: { shared: true, addIfAbsent } })
  expect(await judged(guard, { proof: mintProof({ claims: { iat: now } }) })).toBe('ok')
  expect(until).toBeGreaterThan(now + 60 + 10 + 10)
  expect(until).toBeLessThanOrEqual(now + 60 + 10 + 10 + 1)
})

test('of many requests with one proof at the same moment, one passes', async () => {
  const guard = newGuard()
  const proof = mintProof()
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => judged(guard, { proof })))
  expect(outcomes.filter((code) => code === 'ok')).toHaveLength(1)
  expect(outcomes.filter((code) => code === 'PROOF_REPLAYED')).toHaveLength(49)
})
