import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appraise, compilePolicy } from '../../src/index.ts'
import { factsOf, now } from '../claims.ts'
import { faultOf, required } from '../expect-policy-error.ts'
import { devices } from '../presets/findings.ts'
import { presetDocuments, vocabulary } from '../schemes.ts'

/** What presets are written with, piece by piece. */
const tokens = [
  ...new Set(
    [...presetDocuments.values()].flatMap(({ rules }) =>
      rules.flatMap(({ when }) => when.match(/[a-z][\w.]*|'[^']*'|\d+|&&|\|\||[<>=!]=|\S/gi) ?? []),
    ),
  ),
]

/** Expressions of presets with pieces replaced, taken out and put in. */
const expressions = fc
  .tuple(
    fc.constantFrom(...[...presetDocuments.values()].flatMap(({ rules }) => rules.map(({ when }) => when))),
    fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 2 }), fc.constantFrom(...tokens)), {
      maxLength: 4,
    }),
  )
  .map(([when, edits]) => {
    const pieces = when.match(/[a-z][\w.]*|'[^']*'|\d+|&&|\|\||[<>=!]=|\S/gi) ?? []
    for (const [at, taken, put] of edits) pieces.splice(at % (pieces.length + 1), taken, put)
    return pieces.join(' ')
  })

test('an expression that passes gives an answer for the claims of every device; any other has a code', () => {
  let [tried, passed] = [0, 0]
  fc.assert(
    fc.property(expressions, fc.constantFrom(...devices), (when, { claims }) => {
      tried += 1
      const document = { required, rules: [{ when, tier: 'warning' }] }
      if (faultOf(document) !== undefined) return
      passed += 1
      const policy = compilePolicy(document, { id: 'test', version: 1, vocabulary })
      const { reasons } = appraise({ claims, policy, now, facts: factsOf(claims) })
      expect(reasons).not.toContain('RULE_FAILED')
    }),
  )
  expect(passed).toBeGreaterThan(tried / 20)
})

test('any text at all is an expression or has a code', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200, unit: 'binary' }),
    fc
      .array(fc.constantFrom(...tokens, '(', ')', '[', ']', '{', '}', '"', '\\', '?', ':', '//', '\n'))
      .map((all) => all.join(' ')),
  )
  fc.assert(
    fc.property(text, (when) => {
      const fault = faultOf({ required, rules: [{ when, tier: 'warning' }] })
      if (fault !== undefined) expect(fault.code).toMatch(/^POLICY_/)
    }),
  )
})
