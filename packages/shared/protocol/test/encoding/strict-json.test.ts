import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStrictJson } from '@assay/protocol'

const bounds = { maxLength: 10_000, maxDepth: 8 }
const parse = (text: string) => parseStrictJson(text, bounds)

test('takes what JSON.parse takes, with the same value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.nat(), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), null, indent % 3)
      const outcome = parseStrictJson(spaced, { maxLength: 100_000, maxDepth: 20 })
      if (spaced.includes('"__proto__"')) return
      expect(outcome).toEqual({ ok: true, value: JSON.parse(spaced) })
    }),
  )
})

test('never throws and never takes what JSON.parse refuses', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0041ab1-.e tnf'), maxLength: 40 })
  fc.assert(
    fc.property(noise, (text) => {
      const outcome = parse(text)
      if (outcome.ok) expect(outcome.value).toEqual(JSON.parse(text))
    }),
  )
})

test.each([
  ['duplicate_member', '{"a":1,"a":2}'],
  ['duplicate_member', '{"a":1,"\\u0061":2}'],
  ['duplicate_member', '{"x":[{"b":1,"c":{},"b":2}]}'],
  ['too_deep', '['.repeat(9) + ']'.repeat(9)],
  ['too_large', `"${'a'.repeat(10_000)}"`],
  ['lone_surrogate', '{"a":"\\ud800"}'],
  ['lone_surrogate', '"\ud800"'],
  ['syntax', '{"__proto__":1}'],
  ['syntax', '{"a":1'],
  ['syntax', '{"a":1}}'],
  ['syntax', '"abc'],
  ['syntax', '"\\x"'],
  ['syntax', '{"a":1,}'],
  ['syntax', ''],
  ['syntax', '1 2'],
])('refuses with %s: %j', (fault, text) => {
  expect(parse(text)).toEqual({ ok: false, fault })
})

test('arrays, objects, members and elements are counted', () => {
  const text = '{"a":[1,2,{}],"b":{"c":[]}}'
  expect(parseStrictJson(text, { ...bounds, maxItems: 8 }).ok).toBe(true)
  for (const maxItems of [7, 4, 3, 1, 0])
    expect(parseStrictJson(text, { ...bounds, maxItems })).toEqual({ ok: false, fault: 'too_large' })
})

test('members of different objects may share a name, and strings may look like members', () => {
  expect(parse('[{"a":1},{"a":["a","a"]},"a"]').ok).toBe(true)
  expect(parse('{"a":"b","b":"a"}').ok).toBe(true)
  expect(parse('{"a":"\\ud83d\\ude00 😀"}').ok).toBe(true)
})
