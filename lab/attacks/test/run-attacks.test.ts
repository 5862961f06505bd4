import { expect, test } from 'vitest'
import type { Attack, Attempt } from '../src/attack.ts'
import { reportOf } from '../src/report.ts'
import { runAttacks } from '../src/run-attacks.ts'
import type { World } from '../src/world.ts'

const world = {} as World
const about = { title: 'Title', oat: 'OAT-011', method: 'how' } as const
const attempt: Attempt = { attack: { through: false, status: 401, code: 'NO' } }
const failure = new Error('no socket')
const attacks: Attack[] = [
  { ...about, id: 'first', run: { unprotected: async () => attempt, 'assay-software': async () => attempt } },
  { ...about, id: 'second', run: { 'assay-software': () => Promise.reject(failure) } },
  { ...about, id: 'third', needs: ['apktool'], run: {} },
]

test('each attack is carried out at each of its levels, in the order of the list', async () => {
  const told: string[] = []
  const results = await runAttacks(attacks, world, ({ id }) => told.push(id))
  expect(results).toEqual([
    { id: 'first', attempts: { unprotected: attempt, 'assay-software': attempt } },
    { id: 'second', attempts: { 'assay-software': failure } },
    { id: 'third', attempts: {} },
  ])
  expect(told.sort()).toEqual(['first', 'second', 'third'])
})

test('the report names outcomes and codes; a level that failed has none', async () => {
  const results = await runAttacks(attacks, world, () => undefined)
  expect(reportOf(attacks, results)).toEqual({
    levels: ['unprotected', 'embedded-secret', 'assay-software'],
    attacks: [
      {
        ...about,
        id: 'first',
        outcomes: {
          unprotected: 'refused',
          'embedded-secret': 'not-applicable',
          'assay-software': 'refused',
        },
        codes: { unprotected: 'NO', 'assay-software': 'NO' },
      },
      {
        ...about,
        id: 'second',
        outcomes: { unprotected: 'not-applicable', 'embedded-secret': 'not-applicable' },
        codes: {},
      },
      {
        ...about,
        id: 'third',
        outcomes: {
          unprotected: 'not-applicable',
          'embedded-secret': 'not-applicable',
          'assay-software': 'not-applicable',
        },
        codes: {},
      },
    ],
  })
})
