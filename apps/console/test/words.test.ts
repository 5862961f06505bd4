import { describe, expect, it } from 'vitest'
import { conditionInWords, durationInWords } from '../src/ui/condition-in-words.ts'
import { csvOf } from '../src/ui/csv.ts'
import { keyKindInWords } from '../src/ui/key-kinds.ts'
import { boundsOf, fieldOf, momentOf } from '../src/ui/moment.ts'

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
    ["!(has(x.y)) && z != '2592000'", "x.y is not there and z is not '2592000'"],
    ['(!has(x.y) || has(z))', '(x.y is not there or z is there)'],
    ['ages.a > 60 && 86400 < n', 'ages.a is above 1 minute and 86400 is below n'],
  ])('%s', (condition, words) => {
    expect(conditionInWords(condition)).toBe(words)
  })

  it('names seconds by the largest unit that divides them', () => {
    expect([1, 60, 3_600, 86_400, 90, 5_400, 259_200].map(durationInWords)).toEqual([
      ...['1 second', '1 minute', '1 hour', '1 day', '90 seconds', '90 minutes', '3 days'],
    ])
  })
})

describe('kinds of banned keys in words', () => {
  it.each([
    ['installation-key', 'installation key'],
    ['android-device', 'vouching key (android-device)'],
    ['constructor', 'vouching key (constructor)'],
  ])('%s', (kind, words) => {
    expect(keyKindInWords(kind)).toBe(words)
  })
})

describe.each(['utc', 'local'] as const)('a moment in a field (%s)', (zone) => {
  it.each(['2026-12-01T20:15', '0202-01-02T03:04', '0002-11-30T12:00', '9999-06-30T23:59'])(
    'comes back as it is typed: %s',
    (typed) => {
      const moment = momentOf(typed, zone)
      expect(moment).toMatch(/^\d{4}-.*Z$/)
      expect(fieldOf(moment, zone)).toBe(typed)
    },
  )

  it.each(['', '12026-01-01T00:00', '275760-09-14T00:00', '2026-02-31T99:00'])(
    'is none where nothing can be made of it: %j',
    (typed) => {
      expect(momentOf(typed, zone)).toBe('')
      expect(fieldOf(typed === '' ? '' : 'x', zone)).toBe('')
    },
  )
})

it.each([
  ['2026-12-01', '2026-12-01T00:00:00.000Z', '2026-12-02T00:00:00.000Z'],
  ['2026-12-31', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
])('the day %s lies between two moments', (day, since, until) => {
  expect(boundsOf(day)).toEqual({ since, until })
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
