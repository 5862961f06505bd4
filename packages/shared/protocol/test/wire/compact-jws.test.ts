import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCompactJws } from '@assay/protocol'

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const good = `${part({ alg: 'ES256' })}.${part({ sub: 'a' })}.${part('signature')}`

test('decodes header, payload, signing input and signature', () => {
  const jws = decodeCompactJws(good)
  expect(jws?.header).toEqual({ alg: 'ES256' })
  expect(jws?.payload).toEqual({ sub: 'a' })
  expect(Buffer.from(jws?.signature as Uint8Array).toString()).toBe('signature')
  expect(Buffer.from(jws?.signingInput as Uint8Array).toString()).toBe(good.slice(0, good.lastIndexOf('.')))
})

test.each([
  ['two parts', good.slice(0, good.lastIndexOf('.'))],
  ['four parts', `${good}.AAAA`],
  ['an empty signature', good.slice(0, good.lastIndexOf('.') + 1)],
  ['an empty header', `.${part({})}.AAAA`],
  ['an empty payload', `${part({})}..AAAA`],
  ['padding', `${good}=`],
  ['a space', `${good} `],
  ['a header that is an array', `${part([])}.${part({})}.AAAA`],
  ['a payload that is no JSON', `${part({})}.${part('x')}.AAAA`],
  ['a duplicate member', `${part('{"alg":"ES256","alg":"none"}')}.${part({})}.AAAA`],
  ['bytes that are no UTF-8', `${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${part({})}.AAAA`],
  ['more than 8,192 characters', `${part({})}.${part({ a: 'x'.repeat(8192) })}.AAAA`],
  ['the JSON form', '{"payload":"","signatures":[]}'],
])('refuses %s', (_name, text) => {
  expect(decodeCompactJws(text)).toBeUndefined()
})

test('never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'abcAB01-_.{}"') }),
      (text) => void decodeCompactJws(text),
    ),
  )
})
