import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJsonObject } from '@assay/protocol'
import { readPlainObject } from '../../src/token/jwt-form.ts'
import { proofClaims, proofHeader, tokenClaims, tokenHeader } from '../minting.ts'

const bounds = { maxLength: 8192, maxDepth: 8 }

/** Reads as the strict reader does, or leaves the text to it: never something else. */
function expectAgreement(text: string): void {
  const plain = readPlainObject(text, bounds.maxDepth)
  if (plain === undefined) return
  const strict = parseJsonObject(text, bounds)
  expect(strict, text).toEqual(plain)
  expect(JSON.stringify(strict), text).toBe(JSON.stringify(plain))
}

describe('readPlainObject', () => {
  test.each([
    ['the claims of a proof', proofClaims()],
    ['the header of a proof', proofHeader],
    ['the claims of a token', tokenClaims],
    ['the header of a token', tokenHeader],
  ])('reads %s', (_, written) => {
    const text = JSON.stringify(written)
    expect(readPlainObject(text, bounds.maxDepth)).toEqual(JSON.parse(text))
  })

  test.each([
    ['a member that occurs twice', '{"a":1,"a":1}'],
    ['a string that occurs twice', '{"a":"1","a":"1"}'],
    ['a member that occurs twice further in', '{"a":{"b":1,"b":2}}'],
    ['a member that is a number by its name, twice', '{"1":1,"1":2}'],
    ['a member whose first value held strings', '{"a":{"b":"c"},"a":"d"}'],
    ['a member whose second value is bigger', '{"a":1,"a":{"b":"c"}}'],
    ['an escape', '{"a":"\\u0061"}'],
    ['a name that is another one unescaped', '{"a":1,"\\u0061":2}'],
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['__proto__ further in', '{"a":{"__proto__":1}}'],
    ['a character beyond ASCII', '{"a":"é"}'],
    ['a surrogate', '{"a":"\ud800"}'],
    ['a line break', '{"a":1}\n'],
    ['an array', '["a"]'],
    ['an array within', '{"a":[1]}'],
    ['an empty array within', '{"a":[]}'],
    ['null', 'null'],
    ['a string', '"a"'],
    ['text behind it', '{"a":1}x'],
    ['a number with a zero before it', '{"a":01}'],
    ['a comma too many', '{"a":1,}'],
    ['nothing', ''],
  ])('leaves %s to the strict reader', (_, text) => {
    expect(readPlainObject(text, bounds.maxDepth)).toBeUndefined()
  })

  test.each([
    '{"a":1e3}',
    '{"a":-0}',
    '{"a":1e400}',
    '{"a":0.5}',
    ' { "a" : 1 } ',
    '{}',
    '{"a":{}}',
    '{"a":null}',
  ])('reads %s as the strict reader does', (text) => {
    const plain = readPlainObject(text, bounds.maxDepth)
    expect(plain).toBeDefined()
    expect(parseJsonObject(text, bounds)).toStrictEqual(plain)
  })

  test('takes as much nesting as the strict reader, and no more', () => {
    const nested = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
    expect(readPlainObject(nested(8), 8)).toBeDefined()
    expect(parseJsonObject(nested(8), bounds)).toBeDefined()
    expect(readPlainObject(nested(9), 8)).toBeUndefined()
    expect(parseJsonObject(nested(9), bounds)).toBeUndefined()
  })

  test('agrees with the strict reader on any JSON', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 4 }), expectAgreement))
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue()), (object) =>
        expectAgreement(JSON.stringify(object)),
      ),
    )
  })

  test('agrees with it on any text', () => {
    fc.assert(fc.property(fc.string(), expectAgreement))
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expectAgreement(`{"a":"${text}"}`)))
  })

  test('agrees with it on texts made of pieces that nearly fit', () => {
    const names = ['a', 'b', '__proto__', 'constructor', '', '1', '\\u0061', '\ud800', 'é']
    const values = [
      ...[
        '0',
        '-0',
        '01',
        '1e3',
        '1E400',
        '-1',
        '.5',
        '1.',
        'true',
        'null',
        'nul',
        '"a"',
        '"a',
        '"\\""',
        '"\\ud800"',
      ],
      ...['[]', '["a"]', '{}', '{"a":"b"}', '{"a":1,"a":1}', '{"__proto__":1}', ''],
    ]
    const space = fc.constantFrom('', '', '', ' ', '\t', '\n', '\u00a0')
    const member = fc
      .tuple(space, fc.constantFrom(...names), space, space, fc.constantFrom(...values), space)
      .map(([a, name, b, c, value, d]) => `${a}"${name}"${b}:${c}${value}${d}`)
    const text = fc
      .tuple(
        fc.constantFrom('{', '{{', '['),
        fc.array(member, { maxLength: 4 }),
        fc.constantFrom('}', '}}', '},', '} x', ']', ''),
      )
      .map(([open, members, close]) => open + members.join(',') + close)
    fc.assert(fc.property(text, expectAgreement), { numRuns: 2000 })
  })
})
