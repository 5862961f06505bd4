import { androidAttacks, iosAttacks } from '@assay/phones'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue.ts'

/** What the suite expects where hardware vouches for the app: the same of every SDK. */
const expected = new Map(catalogue.map((attack) => [attack.id, attack.expected['assay-hardware']]))

describe.each([
  ['Kotlin', androidAttacks, 31],
  ['Swift', iosAttacks, 21],
] as const)('attacks with the %s SDK', (_name, attacks, least) => {
  it('are those of the suite, each once', () => {
    const ids = attacks.map(({ id }) => id)
    expect(ids.filter((id) => !expected.has(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThanOrEqual(least)
  })

  it('come out as with the TypeScript SDK', () => {
    const outcomes = attacks.map(({ id, expected: code }) => [
      id,
      code === null ? { outcome: 'through' } : { outcome: 'refused', code },
    ])
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(attacks.map(({ id }) => [id, expected.get(id)])),
    )
  })
})
