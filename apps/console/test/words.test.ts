import { describe, expect, it } from 'vitest'
import { conditionInWords, durationInWords } from '../src/ui/condition-in-words.ts'
import { csvOf } from '../src/ui/csv.ts'

describe('conditions in words', () => {
  it.each([
    ['!((has(evidence.a)) || (has(evidence.b)))', 'not (evidence.a is there or evidence.b is there)'],
    [
      '(has(evidence.a) && (ages.a <= 2592000 || has(evidence.b) && ages.b > 5400)) || (has(evidence.c))',
      '(evidence.a is there and (ages.a is at most 30 days or evidence.b is there and ages.b is above 90 minutes)) or evidence.c is there',
    ],
    ["software.probes.found('js.debugger', ['a && b'])", "software.probes.found('js.debugger', ['a && b'])"],
    ["software.live in ['absent']", "software.live is one of ['absent']"],
    ['installation.enrolmentsToday > 86400', 'installation.enrolmentsToday is above 86400'],
    ["!(has(x.y)) && z != '2592000'", "not x.y is there and z is not '2592000'"],
  ])('%s', (condition, words) => {
    expect(conditionInWords(condition)).toBe(words)
  })

  it('names seconds by the largest unit that divides them', () => {
    expect([1, 60, 3_600, 86_400, 90, 5_400, 259_200].map(durationInWords)).toEqual([
      ...['1 second', '1 minute', '1 hour', '1 day', '90 seconds', '90 minutes', '3 days'],
    ])
  })
})

describe('a list as CSV', () => {
  it('quotes what needs it, and leaves out what is not there', () => {
    expect(
      csvOf(
        ['a', 'b', 'c'],
        [
          { a: 'x,"y"', b: null, d: 1 },
          { a: 'two\nlines', b: 5, c: ['z'] },
        ],
      ),
    ).toBe('a,b,c\r\n"x,""y""",,\r\n"two\nlines",5,"[""z""]"\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('makes no formula of %j', (text) => {
    expect(csvOf(['build'], [{ build: text }])).toContain(`'${text}`)
  })
})
