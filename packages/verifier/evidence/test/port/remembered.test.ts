import { expect, test } from 'vitest'
import {
  bool,
  hex,
  int,
  listOf,
  oneOf,
  opaque,
  optional,
  orNull,
  record,
  text,
  unstored,
  usually,
  type ValueOf,
} from '../../src/port/claim-table.ts'
import { recalled, remembered, wordsOf } from '../../src/port/remembered.ts'
import { isText } from '@assay/protocol/shapes'

const table = record({
  name: text,
  counts: listOf(int),
  note: optional(text),
  receipt: unstored<Uint8Array>(),
})
const claims: ValueOf<typeof table> = { name: 'a', counts: [1, 2] }
const stored = { version: 1, claims }
const recalling = (value: unknown) => recalled(table, value, 'example')

test('remembered evidence is JSON, and is recalled unchanged', () => {
  const value = remembered(table, claims)
  expect(value).toEqual(stored)
  expect(recalling(JSON.parse(JSON.stringify(value)))).toEqual({ format: 'example', claims })
  expect(recalling(remembered(table, { ...claims, note: 'n' })).claims.note).toBe('n')
})

test('a claim that is kept apart is not remembered', () => {
  expect(remembered(table, { ...claims, receipt: Uint8Array.of(1) })).toEqual(stored)
})

test('neither stored value nor claims change with what they were made of', () => {
  const counts = [1]
  const value = remembered(table, { name: 'a', counts })
  counts.push(2)
  expect(value).toEqual({ version: 1, claims: { name: 'a', counts: [1] } })
  const verified = recalling(value)
  ;(value as { claims: { counts: number[] } }).claims.counts.push(3)
  expect(verified.claims.counts).toEqual([1])
  expect([verified, verified.claims, verified.claims.counts].every((each) => Object.isFrozen(each))).toBe(
    true,
  )
})

test.each([
  ['null', null],
  ['nothing', undefined],
  ['text', JSON.stringify(stored)],
  ['a list', [stored]],
  ['no version', { claims }],
  ['another version', { ...stored, version: 2 }],
  ['a member besides', { ...stored, more: 1 }],
  ['no claims', { version: 1 }],
  ['null for claims', { version: 1, claims: null }],
  ['a list for claims', { version: 1, claims: [claims] }],
  ['a claim missing', { version: 1, claims: { name: 'a' } }],
  ['a claim of another form', { version: 1, claims: { ...claims, name: 1 } }],
  ['an optional claim of another form', { version: 1, claims: { ...claims, note: null } }],
  ['a claim that is not known', { version: 1, claims: { ...claims, more: 1 } }],
  ['a claim that is kept apart', { version: 1, claims: { ...claims, receipt: Uint8Array.of(1) } }],
  ['the name of a member of Object.prototype', { version: 1, claims: { ...claims, toString: 'a' } }],
  ['what cannot be cloned', { version: 1, claims: { ...claims, name: () => 'a' } }],
])('%s is a malfunction, and no refusal', (_, value) => {
  const fault = faultOf(() => recalling(value))
  expect(fault).toBeInstanceOf(Error)
  expect((fault as { code?: unknown }).code).not.toBeTypeOf('string')
})

test('the message of a malfunction names the format, and contains nothing that was stored', () => {
  const message = String(faultOf(() => recalling({ version: 1, claims: { name: 'secret' } })))
  expect(message).toContain('example')
  expect(message).not.toContain('secret')
})

function faultOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

test('the words of a table are its names and usual values, what is rare first', () => {
  const of = record({
    platform: oneOf('ios'),
    state: oneOf('good', 'bad'),
    device: record({ id: hex(32), model: optional(text) }),
    serials: listOf(hex()),
    isLocked: usually(bool, true),
    level: usually(orNull(int), 7),
    key: usually(opaque(isText), 'EC'),
    risk: optional(int),
    note: optional(usually(text, 'none')),
    receipt: unstored<Uint8Array>(),
  })
  expect(wordsOf(of)).toBe(
    '"bad""model":"""risk":1"note":"none"' +
      '{"version":1,"claims":{"platform":"ios","state":"good","device":{"id":""},"serials":[""],"isLocked":true,"level":7,"key":"EC"}}',
  )
})
