import { describe, expect, test } from 'vitest'
import type { Attack, Attempt, Expected, Level } from '../src/attack/attack.ts'
import type { Outcome } from '../src/world/outcome.ts'
import { judge } from '../src/judge.ts'

const through: Outcome = { through: true, status: 200, code: null }
const refused = (code = 'NO'): Outcome => ({ through: false, status: 403, code })
const na: Expected = { outcome: 'not-applicable', reason: 'there is nothing of the kind' }
const expectRefused: Expected = { outcome: 'refused', code: 'NO' }
const expectation = {
  unprotected: na,
  'embedded-secret': na,
  'assay-software': na,
  'assay-hardware': expectRefused,
}

/** One attack that runs at `assay-hardware` only, what is expected of it there, and what came of it. */
function judgeOne(attempt: Attempt | Error | undefined, expected: Expected = expectRefused) {
  return judge(
    [attackOf('a', { 'assay-hardware': expected })],
    [{ id: 'a', attempts: attempt === undefined ? {} : { 'assay-hardware': attempt } }],
  )
}

function attackOf(
  id: string,
  expected: Partial<Attack['expected']> = {},
  at: readonly Exclude<Level, 'assay-software'>[] = ['assay-hardware'],
): Pick<Attack, 'id' | 'expected' | 'run'> {
  const run = async (): Promise<Attempt> => ({ attack: through })
  return {
    id,
    expected: { ...expectation, ...expected },
    run: Object.fromEntries(at.map((level) => [level, run])),
  }
}

const problems = (deviations: ReturnType<typeof judge>) => deviations.map(({ problem }) => problem)

describe('what is as it should be', () => {
  test('refused as expected, with a twin that is served', () => {
    expect(judgeOne({ attack: refused(), twin: through })).toEqual([])
  })

  test('through as expected, without a twin', () => {
    expect(judgeOne({ attack: through }, { outcome: 'through' })).toEqual([])
  })

  test('refused without a twin, and through at a lower level', () => {
    const attack = attackOf('a', { unprotected: { outcome: 'through' } }, ['unprotected', 'assay-hardware'])
    const attempts = { unprotected: { attack: through }, 'assay-hardware': { attack: refused() } }
    expect(judge([attack], [{ id: 'a', attempts }])).toEqual([])
  })
})

describe('deviations', () => {
  test('through where it should be refused', () => {
    expect(judgeOne({ attack: through, twin: through })).toEqual([
      { id: 'a', level: 'assay-hardware', problem: 'through instead of refused' },
    ])
  })

  test('refused where it should be through', () => {
    expect(problems(judgeOne({ attack: refused(), twin: through }, { outcome: 'through' }))).toEqual([
      'refused (NO) instead of through',
    ])
  })

  test('refused for another reason', () => {
    expect(problems(judgeOne({ attack: refused('OTHER'), twin: through }))).toEqual([
      'refused for another reason: OTHER instead of NO',
    ])
  })

  test('a twin that is refused, even where the attack is through', () => {
    const problem = 'its twin is refused (403 NO)'
    expect(problems(judgeOne({ attack: through, twin: refused() }, { outcome: 'through' }))).toEqual([
      problem,
    ])
    expect(problems(judgeOne({ attack: refused(), twin: refused() }))).toContain(problem)
  })

  test('through nowhere, and no twin that is served', () => {
    const problem = 'it is through nowhere and has no twin that is served'
    expect(judgeOne({ attack: refused() })).toEqual([{ id: 'a', level: null, problem }])
    expect(problems(judgeOne({ attack: refused(), twin: refused() }))).toContain(problem)
  })

  test('an attempt that failed', () => {
    expect(problems(judgeOne(new Error('no socket')))).toContain('it failed: no socket')
  })

  test('a level at which it was not carried out', () => {
    expect(problems(judgeOne(undefined))).toContain('it was not carried out')
  })

  test('said not to apply, and carried out', () => {
    expect(problems(judgeOne({ attack: through }, na))).toEqual([
      'it is said not to apply, and is carried out',
    ])
  })

  test('said not to apply without a reason', () => {
    const unreasoned: Expected = { outcome: 'not-applicable', reason: ' no  reason ' }
    const results = [{ id: 'a', attempts: { 'assay-hardware': { attack: refused(), twin: through } } }]
    expect(judge([attackOf('a', { unprotected: unreasoned })], results)).toEqual([
      { id: 'a', level: 'unprotected', problem: 'no reason is given why it does not apply' },
    ])
  })
})

describe('ids', () => {
  const result = (id: string) => ({
    id,
    attempts: { 'assay-hardware': { attack: refused(), twin: through } },
  })

  test('an attack without a result', () => {
    expect(judge([attackOf('a')], [])).toEqual([{ id: 'a', level: null, problem: 'it was not carried out' }])
  })

  test('a result without an attack', () => {
    expect(judge([attackOf('a')], [result('a'), result('b')])).toEqual([
      { id: 'b', level: null, problem: 'it has a result, and there is no such attack' },
    ])
  })

  test('an id that is there twice', () => {
    expect(problems(judge([attackOf('a'), attackOf('a')], [result('a')]))).toEqual(['the id is there twice'])
  })
})
