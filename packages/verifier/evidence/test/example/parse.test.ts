import { encodeBase64url, utf8 } from '@assay/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExampleError } from '../../src/example/index.ts'
import { parse } from '../../src/example/parse.ts'
import { codeOf } from '../codes.ts'
import { binding, genuine, itemOver, signer } from './vendor.ts'

const item = itemOver(genuine)

test('an item becomes the statement, the bytes that were signed, and the signature', () => {
  const parsed = parse(item)
  expect(parsed.statement).toEqual({
    commitment: utf8(binding),
    package: 'com.example.app',
    signer,
    device: '0badcafe',
    madeAt: genuine.made_at,
  })
  expect(parsed.signed).toEqual(utf8(JSON.stringify(genuine)))
  expect(parsed.signature).toHaveLength(64)
})

test('the longest statement, and the shortest package', () => {
  const text = JSON.stringify({ ...genuine, package: 'a' })
  expect(parse(itemOver(text.padEnd(2048))).statement.package).toBe('a')
})

test.each([
  ['nothing', undefined],
  ['another format', { ...item, format: 'software' }],
  ['a member missing', { format: item.format, statement: item.statement }],
  ['a member besides', { ...item, note: '' }],
  ['a statement that is no text', { ...item, statement: 7 }],
  ['a statement that is no base64url', { ...item, statement: 'a+b/' }],
  ['a signature of 63 bytes', { ...item, signature: encodeBase64url(new Uint8Array(63)) }],
  ['a statement that is no UTF-8', { ...item, statement: encodeBase64url(new Uint8Array([0xff])) }],
  ['a statement that is no JSON', itemOver('{')],
  ['a statement that is a list', itemOver('[]')],
  ['a member named twice', itemOver('{"device":"1","device":"1"}')],
  ['a statement nested', itemOver({ ...genuine, device: {} })],
  ['a statement of 2,049 characters', itemOver(JSON.stringify(genuine).padEnd(2049))],
  ['a package of 256 characters', itemOver({ ...genuine, package: 'a'.repeat(256) })],
  ['a statement with a member besides', itemOver({ ...genuine, note: '' })],
  ['a time that is no number', itemOver({ ...genuine, made_at: '1790000000' })],
  ['a time with a fraction', itemOver({ ...genuine, made_at: 1.5 })],
  ['a package that is no name', itemOver({ ...genuine, package: 'com example' })],
  ['a signer in capitals', itemOver({ ...genuine, signer: 'AB'.repeat(32) })],
  ['a device that is no text', itemOver({ ...genuine, device: 7 })],
  ['a commitment that is no text', itemOver({ ...genuine, commitment: 7 })],
])('%s is EXAMPLE_MALFORMED', async (_, input) => {
  expect(await codeOf(() => parse(input))).toBe('EXAMPLE_MALFORMED')
})

test('any value is parsed or refused with the code', () => {
  const nearly = fc
    .jsonValue()
    .map((value) => ({ ...item, statement: encodeBase64url(Buffer.from(JSON.stringify(value))) }))
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), nearly), (input) => {
      try {
        parse(input)
      } catch (error) {
        expect(error).toBeInstanceOf(ExampleError)
      }
    }),
  )
})
