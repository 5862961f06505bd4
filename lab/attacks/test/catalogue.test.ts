import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { levels, runAt, type Attack } from '../src/attack/attack.ts'
import { withoutSdk } from '../src/attack/sdks.ts'
import { catalogue } from '../src/catalogue.ts'
import { hermesAttacks, kotlinAttacks, swiftAttacks } from '../src/sdk-attacks.ts'

const folder = path.resolve(import.meta.dirname, '../src/attacks')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

test('each file is a family, and the catalogue has every attack of every family once', async () => {
  const families = await Promise.all(
    files.map((file) => import(path.join(folder, file)) as Promise<Record<string, readonly Attack[]>>),
  )
  const attacks = families.flatMap((family) => Object.values(family)).flat()
  expect([...catalogue].sort(byId)).toEqual(attacks.sort(byId))
  expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  expect(catalogue.length).toBeGreaterThanOrEqual(150)
})

test.each(catalogue.map((attack) => [attack.id, attack] as const))('%s: says what it is', (id, attack) => {
  expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  expect(attack.title).toMatch(/^[A-Z].{10,110}$/)
  expect(attack.method).toMatch(/\S.{8,}/)
  expect(Object.keys(attack.run).length).toBeGreaterThan(0)
})

test('something is expected of each attack at every level, and each code has its shape', () => {
  for (const { id, expected } of catalogue) {
    expect(Object.keys(expected), id).toEqual([...levels])
    for (const expectation of Object.values(expected)) {
      if (expectation.outcome !== 'refused') continue
      const codes = expectation.code.split(',')
      expect(codes, id).toEqual([...codes].sort())
      for (const code of codes) expect(code, id).toMatch(/^(?:sdk:)?\w+$/)
    }
  }
})

test('an attack is expected not to apply at exactly the levels at which it has no run', () => {
  for (const attack of catalogue) {
    const runs = levels.filter((level) => runAt(attack, level) !== undefined)
    expect(runs, attack.id).toEqual(
      levels.filter((level) => attack.expected[level].outcome !== 'not-applicable'),
    )
  }
})

test('each reason for doing without an SDK is that of an attack', () => {
  const named = new Set(catalogue.flatMap(({ sdks: { kotlin, swift } }) => [kotlin, swift]))
  expect(Object.keys(withoutSdk).filter((key) => !named.has(key as keyof typeof withoutSdk))).toEqual([])
})

test.each([
  ['Kotlin', kotlinAttacks, 56],
  ['Swift', swiftAttacks, 47],
  ['React Native', hermesAttacks, 59],
] as const)('as many attacks as ever are carried out with the SDK of %s', (_sdk, attacks, least) => {
  expect(attacks.length).toBeGreaterThanOrEqual(least)
})

function byId(a: Attack, b: Attack): number {
  return a.id < b.id ? -1 : 1
}
