import { expect, test } from 'vitest'
import type { Attack, Attempt, Worlds } from '../src/attack/attack.ts'
import { atEachLevel, through } from '../src/attack/expected.ts'
import { without } from '../src/attack/sdks.ts'
import { reportOf } from '../src/report.ts'
import { runAttacks } from '../src/run-attacks.ts'

const worlds = { software: { service: 'software' }, hardware: { service: 'hardware' } } as Worlds
const about = { title: 'Title', oat: 'OAT-011', method: 'how' } as const
const described = { ...about, sdks: without('script'), expected: atEachLevel(through, through, through) }
const attempt: Attempt = { attack: { through: false, status: 401, code: 'NO' } }
const failure = new Error('no socket')
const attacks: Attack[] = [
  { ...described, id: 'first', run: { unprotected: async () => attempt, assay: async () => attempt } },
  { ...described, id: 'second', run: { 'assay-hardware': () => Promise.reject(failure) } },
  { ...described, id: 'third', needs: ['apktool'], run: {} },
]

test('each attack is carried out at each of its levels, in the order of the list', async () => {
  const reported: string[] = []
  const results = await runAttacks(attacks, worlds, ({ id }) => reported.push(id))
  expect(results).toEqual([
    {
      id: 'first',
      attempts: { unprotected: attempt, 'assay-software': attempt, 'assay-hardware': attempt },
    },
    { id: 'second', attempts: { 'assay-hardware': failure } },
    { id: 'third', attempts: {} },
  ])
  expect(reported.sort()).toEqual(['first', 'second', 'third'])
})

test('the report names outcomes and codes; a level that failed has none', async () => {
  const results = await runAttacks(attacks, worlds, () => undefined)
  expect(reportOf(attacks, results)).toEqual({
    levels: ['unprotected', 'embedded-secret', 'assay-software', 'assay-hardware'],
    attacks: [
      {
        ...about,
        id: 'first',
        outcomes: {
          unprotected: 'refused',
          'embedded-secret': 'not-applicable',
          'assay-software': 'refused',
          'assay-hardware': 'refused',
        },
        codes: { unprotected: 'NO', 'assay-software': 'NO', 'assay-hardware': 'NO' },
      },
      {
        ...about,
        id: 'second',
        outcomes: {
          unprotected: 'not-applicable',
          'embedded-secret': 'not-applicable',
          'assay-software': 'not-applicable',
        },
        codes: {},
      },
      {
        ...about,
        id: 'third',
        outcomes: {
          unprotected: 'not-applicable',
          'embedded-secret': 'not-applicable',
          'assay-software': 'not-applicable',
          'assay-hardware': 'not-applicable',
        },
        codes: {},
      },
    ],
  })
})

test('what both levels of Assay share is done in the world of each, unless the higher one has its own', async () => {
  const seen: string[] = []
  const note = (word: string) => async (world: { service: string }) => {
    seen.push(`${word} in ${world.service}`)
    return attempt
  }
  const shared: Attack = {
    ...described,
    id: 'shared',
    run: { 'embedded-secret': note('secret'), assay: note('assay') },
  }
  const own: Attack = {
    ...described,
    id: 'own',
    run: { assay: note('assay'), 'assay-hardware': note('own') },
  }
  await runAttacks([shared], worlds, () => undefined)
  expect(seen.splice(0)).toEqual(['secret in software', 'assay in software', 'assay in hardware'])
  await runAttacks([own], worlds, () => undefined)
  expect(seen).toEqual(['assay in software', 'own in hardware'])
})

test('an attack that must be alone begins when all others have ended', async () => {
  let underWay = 0
  const seen: number[] = []
  const run = async () => {
    seen.push(++underWay)
    await new Promise(setImmediate)
    underWay--
    return attempt
  }
  const alone: Attack = { ...described, id: 'alone', isAlone: true, run: { unprotected: run } }
  const others = ['a', 'b', 'c'].map((id): Attack => ({ ...described, id, run: { unprotected: run } }))
  const ended: string[] = []
  await runAttacks([alone, ...others], worlds, ({ id }) => ended.push(id))
  expect(seen).toEqual([1, 2, 3, 1])
  expect(ended.at(-1)).toBe('alone')
})
