import fc from 'fast-check'
import { longestTokenLifetime } from '@assay/protocol'
import { describe, expect, test } from 'vitest'
import {
  activeKey,
  generateSigningKey,
  planRotation,
  publishedJwks,
  rotationSchedule,
  signsUntil,
  withRetirement,
  type KeyRing,
  type SigningKey,
} from '../src/index.ts'
import { misuse, thrownBy } from './misuse.ts'

const start = 1_790_000_000
const hour = 3600
const day = 24 * hour

/** A key that was made at `createdAt`, signs from `activateAt` on, and is published until `retireAt`. */
function keyOf(createdAt: number, activateAt: number, retireAt: number | null = null): SigningKey {
  return withRetirement(generateSigningKey('Ed25519', createdAt, activateAt), retireAt)
}

/** Carries out what is due, as a service does. */
function carryOut(ring: KeyRing, now: number): KeyRing {
  return planRotation(ring, now).reduce<KeyRing>((keys, action) => {
    switch (action.action) {
      case 'create':
        return [...keys, generateSigningKey('Ed25519', now, action.activateAt)]
      case 'retire':
        return keys.map((key) => (key.kid === action.kid ? withRetirement(key, action.retireAt) : key))
      case 'remove':
        return keys.filter(({ kid }) => kid !== action.kid)
    }
  }, ring)
}

test('the schedule: a day ahead, ninety days, and kept until the last token is dead everywhere', () => {
  expect(rotationSchedule).toEqual({
    publishAhead: day,
    signFor: 90 * day,
    keepPublished: hour,
    leastPublished: 1200,
  })
  expect(rotationSchedule.keepPublished).toBeGreaterThanOrEqual(longestTokenLifetime.bound + 600)
})

describe('active key', () => {
  const old = keyOf(start, start)
  const next = keyOf(start + 89 * day, start + 90 * day)

  test('the one that came last, whatever the order of the ring', () => {
    for (const ring of [
      [old, next],
      [next, old],
    ]) {
      expect(activeKey(ring, start + 90 * day - 1)?.kid).toBe(old.kid)
      expect(activeKey(ring, start + 90 * day)?.kid).toBe(next.kid)
    }
  })

  test('none in an empty ring, nor before the first signs', () => {
    expect(activeKey([], start)).toBeUndefined()
    expect(activeKey([next], start + 89 * day)).toBeUndefined()
  })

  test('none whose publication ends before its tokens expire', () => {
    const ending = withRetirement(old, start + day)
    expect(activeKey([ending], start + day - rotationSchedule.leastPublished)?.kid).toBe(old.kid)
    expect(activeKey([ending], start + day - rotationSchedule.leastPublished + 1)).toBeUndefined()
  })

  test('withdrawn at once, the one before it signs again', () => {
    expect(activeKey([old, withRetirement(next, start + 91 * day)], start + 91 * day)?.kid).toBe(old.kid)
  })
})

describe('JWKS', () => {
  test('holds coming, signing and outlasted keys, in order, and no ended one', () => {
    const ended = keyOf(start - 99 * day, start - 98 * day, start)
    const outlasted = keyOf(start - 91 * day, start - 90 * day, start + 1)
    const signing = keyOf(start - day, start)
    const coming = keyOf(start, start + 90 * day)
    const future = keyOf(start + 1, start + 91 * day)
    const { keys } = publishedJwks([future, coming, ended, signing, outlasted], start)
    expect(keys).toEqual([outlasted.jwk, signing.jwk, coming.jwk])
  })

  test('of an empty ring is empty', () => {
    expect(publishedJwks([], start)).toEqual({ keys: [] })
  })
})

describe('rotation', () => {
  test('an empty ring gets a key that signs at once', () => {
    expect(planRotation([], start)).toEqual([{ action: 'create', activateAt: start }])
  })

  test('nothing is due until a day before a key has signed for ninety', () => {
    const ring = [keyOf(start, start)]
    expect(planRotation(ring, start + 89 * day - 1)).toEqual([])
    expect(planRotation(ring, start + 89 * day)).toEqual([
      { action: 'create', activateAt: start + 90 * day },
      { action: 'retire', kid: ring[0]?.kid, retireAt: start + 90 * day + hour },
    ])
  })

  test('a service that slept publishes for a day all the same', () => {
    const ring = [keyOf(start, start)]
    expect(planRotation(ring, start + 200 * day)[0]).toEqual({
      action: 'create',
      activateAt: start + 201 * day,
    })
  })

  test('a successor without an end planned for its predecessor: the rest of a plan that was cut off', () => {
    const ring = [keyOf(start, start), keyOf(start + 89 * day, start + 90 * day)]
    expect(planRotation(ring, start + 89 * day)).toEqual([
      { action: 'retire', kid: ring[0]?.kid, retireAt: start + 90 * day + hour },
    ])
  })

  test('two nodes that made a first key at once keep both until the next one', () => {
    const ring = [keyOf(start, start), keyOf(start, start)]
    expect(planRotation(ring, start)).toEqual([])
    expect(planRotation(ring, start + 89 * day).map(({ action }) => action)).toEqual([
      'create',
      'retire',
      'retire',
    ])
  })

  test('a key whose end has come is removed', () => {
    const ended = keyOf(start - 91 * day, start - 90 * day, start)
    expect(planRotation([ended, keyOf(start, start)], start)).toEqual([{ action: 'remove', kid: ended.kid }])
  })

  test('a key withdrawn at once is replaced at once', () => {
    const withdrawn = keyOf(start - day, start - day, start)
    expect(planRotation([withdrawn], start)).toEqual([
      { action: 'create', activateAt: start },
      { action: 'remove', kid: withdrawn.kid },
    ])
  })

  test('one withdrawn while its successor waits: a key for the time between, which ends after it', () => {
    const waiting = keyOf(start - hour, start + 23 * hour)
    const withdrawn = keyOf(start - 90 * day, start - 90 * day, start)
    const ring = carryOut([withdrawn, waiting], start)
    const between = ring.find(({ activateAt }) => activateAt === start)
    expect(activeKey(ring, start)).toBe(between)
    expect(planRotation(ring, start)).toEqual([
      { action: 'retire', kid: between?.kid, retireAt: waiting.activateAt + hour },
    ])
  })

  test('every end planned by hand: the successor signs when the last key stops', () => {
    const ring = [keyOf(start, start, start + 10 * day)]
    const stops = start + 10 * day - rotationSchedule.leastPublished
    expect(planRotation(ring, stops - day - 1)).toEqual([])
    expect(planRotation(ring, stops - day)).toEqual([{ action: 'create', activateAt: stops }])
    expect(planRotation(ring, stops - 5)).toEqual([{ action: 'create', activateAt: stops }])
  })

  test('over years: always one key to sign, published before, and after it until its tokens are dead', () => {
    const steps = fc.array(fc.integer({ min: 300, max: day / 2 }), { minLength: 900, maxLength: 900 })
    fc.assert(
      fc.property(steps, (waits) => {
        let now = start
        let ring = carryOut([], now)
        let last: { kid: string; until: number } | undefined
        for (const wait of waits) {
          now += wait
          ring = carryOut(ring, now)
          const again = planRotation(ring, now)
          expect(again.filter(({ action }) => action === 'create')).toEqual([])
          const active = activeKey(ring, now) as SigningKey
          const published = publishedJwks(ring, now).keys.map(({ kid }) => kid)
          expect(published).toContain(active.kid)
          expect(published.length).toBeLessThanOrEqual(2)
          if (last !== undefined && now <= last.until) expect(published).toContain(last.kid)
          if (last?.kid !== active.kid && active.createdAt !== start) {
            expect(active.activateAt - active.createdAt).toBeGreaterThanOrEqual(day / 2)
          }
          last = { kid: active.kid, until: now + longestTokenLifetime.bound }
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('planned signing', () => {
  test('reaches a day ahead at least, as long as the schedule is carried out', () => {
    let ring = carryOut([], start)
    for (let now = start; now < start + 400 * day; now += hour) {
      ring = carryOut(ring, now)
      expect(signsUntil(ring)).toBeGreaterThanOrEqual(now + day)
    }
  })

  test('lies in the past where no successor was made', () => {
    expect(
      signsUntil([keyOf(start - 99 * day, start - 98 * day), keyOf(start - 90 * day, start - 90 * day)]),
    ).toBe(start)
  })

  test('ends with an end that was planned by hand, and has none without a key', () => {
    expect(signsUntil([keyOf(start, start, start + day)])).toBe(start + day - rotationSchedule.leastPublished)
    expect(signsUntil([])).toBeUndefined()
  })
})

test('the earliest and the latest time', () => {
  expect(activeKey([], 1)).toBeUndefined()
  expect(activeKey([], 1e11 - 1)).toBeUndefined()
})

test.each([0, -1, 1.5, 1e11, start * 1000, Number.NaN])('the time %s is misuse', (wrong) => {
  expect(thrownBy(() => activeKey([], wrong))).toEqual(misuse)
  expect(thrownBy(() => publishedJwks([], wrong))).toEqual(misuse)
  expect(thrownBy(() => planRotation([], wrong))).toEqual(misuse)
})
