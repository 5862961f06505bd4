import { expect, test } from 'vitest'
import { outcomeOfThrowing } from '../../../src/fuzz/target/refusals.ts'

class ParserError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const outcomeOf = (code: string, message = 'fixed'): string =>
  outcomeOfThrowing(
    () => {
      throw new ParserError(code, message)
    },
    ParserError,
    ['KNOWN'],
  )

test('a refusal of the parser is its code', () => {
  expect(outcomeOf('KNOWN')).toBe('KNOWN')
})

test('what returns is accepted', () => {
  expect(outcomeOfThrowing(() => 1, ParserError, ['KNOWN'])).toBe('accepted')
})

test('an undocumented code and an error of another kind go on', () => {
  expect(() => outcomeOf('OTHER')).toThrow(ParserError)
  const broken = (): never => {
    throw new RangeError('bug')
  }
  expect(() => outcomeOfThrowing(broken, ParserError, ['KNOWN'])).toThrow(RangeError)
})

test('a parser whose messages quote the input is found out', () => {
  expect(() => {
    for (let i = 0; i < 1000; i++) outcomeOf('KNOWN', `unexpected ${i}`)
  }).toThrow('they quote the input')
})
