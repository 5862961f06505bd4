import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { levels, runAt } from '../src/attack.ts'
import { catalogue } from '../src/catalogue.ts'
import { expectedOutcomes } from '../src/expected-outcomes.ts'

const folder = path.resolve(import.meta.dirname, '../src/attacks')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path.basename(file, '.ts'))

test('there is one file for each attack, named by its id, and each is in the catalogue once', () => {
  expect(catalogue.map(({ id }) => id).sort()).toEqual(files.sort())
  expect(catalogue.length).toBeGreaterThanOrEqual(30)
})

test('something is expected of each attack, and of nothing else, at every level', () => {
  expect(Object.keys(expectedOutcomes).sort()).toEqual(files)
  for (const expected of Object.values(expectedOutcomes)) expect(Object.keys(expected)).toEqual([...levels])
})

test.each(catalogue.map((attack) => [attack.id, attack] as const))('%s: says what it is', (id, attack) => {
  expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  expect(attack.title).toMatch(/^[A-Z].{10,110}$/)
  expect(attack.method).toMatch(/\S.{8,}/)
  expect(Object.keys(attack.run).length).toBeGreaterThan(0)
})

test('a level does not apply in the data file exactly where the attack does not run', () => {
  const runs = catalogue.map((attack) => [
    attack.id,
    levels.filter((level) => runAt(attack, level) !== undefined),
  ])
  const expected = catalogue.map(({ id }) => [
    id,
    levels.filter((level) => expectedOutcomes[id]?.[level].outcome !== 'not-applicable'),
  ])
  expect(runs).toEqual(expected)
})
