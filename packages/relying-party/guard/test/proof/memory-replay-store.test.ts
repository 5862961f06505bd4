import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryReplayStore } from '../../src/proof/memory-replay-store.ts'
import { judged, mintProof, newGuard, now } from '../minting.ts'

function storeAt(capacity = 1000) {
  const state = { at: now }
  return { state, store: new MemoryReplayStore({ clock: () => state.at * 1000, capacity }) }
}

test('says once that a key is new', () => {
  const { store } = storeAt()
  expect(store.addIfAbsent('a', now + 60)).toBe(true)
  expect(store.addIfAbsent('a', now + 60)).toBe(false)
  expect(store.addIfAbsent('a', now + 500)).toBe(false)
  expect(store.addIfAbsent('b', now + 60)).toBe(true)
})

test('remembers every key until it expires, and forgets them all in the end', () => {
  const entry = fc.record({
    key: fc.nat({ max: 50 }),
    lives: fc.integer({ min: 0, max: 200 }),
    waits: fc.integer({ min: 0, max: 40 }),
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 100 }), (entries) => {
      const { state, store } = storeAt(10_000)
      const expires = new Map<number, number>()
      for (const { key, lives, waits } of entries) {
        state.at += waits
        const isNew = store.addIfAbsent(`key ${key}`, state.at + lives)
        const known = expires.get(key)
        if (known !== undefined && known >= state.at) expect(isNew).toBe(false)
        if (known === undefined) expect(isNew).toBe(true)
        if (isNew) expires.set(key, state.at + lives)
      }
      state.at += 300
      store.addIfAbsent('last', state.at)
      expect(store.size).toBe(1)
    }),
  )
})

describe('when full', () => {
  test('it fails and keeps what it has', () => {
    const { store } = storeAt(2)
    store.addIfAbsent('a', now + 60)
    store.addIfAbsent('b', now + 60)
    expect(() => store.addIfAbsent('c', now + 60)).toThrow(
      expect.objectContaining({ code: 'REPLAY_STORE_FULL' }),
    )
    expect(store.addIfAbsent('a', now + 60)).toBe(false)
  })

  test('it takes more once the window has passed', () => {
    const { state, store } = storeAt(1)
    store.addIfAbsent('a', now + 60)
    state.at += 90
    expect(store.addIfAbsent('c', state.at + 60)).toBe(true)
  })
})

test('a clock that was set back opens no window: what was forgotten cannot be told from what is new', () => {
  const { state, store } = storeAt()
  store.addIfAbsent('a', now + 60)
  state.at += 200
  store.addIfAbsent('b', state.at + 60)
  state.at = now
  expect(() => store.addIfAbsent('a', now + 60)).toThrow(
    expect.objectContaining({ code: 'REPLAY_STORE_FAILED' }),
  )
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
