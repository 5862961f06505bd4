import { expect, test } from 'vitest'
import { AndroidKeyError } from '../../src/android-key-attestation/index.ts'
import { parse } from '../../src/android-key-attestation/parse.ts'
import { boolean, integer, octets, sequence } from '../../../codec/test/der/encode.ts'
import { extension } from '../../../codec/test/x509/issue-certificate.ts'
import { codeOf } from '../codes.ts'
import { chainOf, itemOf, keys, provisioningExtension } from './phone.ts'
import { challenge } from './write-key-description.ts'

const chain = chainOf()
const item = itemOf(chain)
/** A certificate of this many bytes. RSA signatures are all of one length. */
const big = (length: number): Buffer => {
  const padded = (padding: number) => {
    const extensions = [extension('1.2.3', octets(Buffer.alloc(padding)))]
    return chainOf({ certificates: { 1: { extensions, by: keys.rsa } } })[1] as Buffer
  }
  return padded(length - padded(5000).length + 5000)
}

test('a chain becomes certificates, and what leaf and issuer say', () => {
  const parsed = parse(item)
  expect(parsed.certificates.map(({ encoded }) => Buffer.from(encoded))).toEqual(chain)
  expect(Buffer.from(parsed.statement!.challenge)).toEqual(challenge)
  expect(parsed.provisioning).toBeUndefined()
})

test('provisioning information is read from the issuer of the leaf only', () => {
  const info = [provisioningExtension(Buffer.from('a10108', 'hex'))]
  const provisioned = (i: number) => parse(itemOf(chainOf({ certificates: { [i]: { extensions: info } } })))
  expect(provisioned(1).provisioning).toEqual({ certificatesIssued: 8, reportedLost: undefined })
  expect(provisioned(2).provisioning).toBeUndefined()
})

test('one certificate, ten, and the longest', () => {
  expect(parse(itemOf(chain.slice(0, 1))).certificates).toHaveLength(1)
  expect(parse(itemOf(Array.from({ length: 10 }, () => chain[0]!))).certificates).toHaveLength(10)
  const longest = big(8192)
  expect(longest).toHaveLength(8192)
  const eight = Array.from({ length: 8 }, () => longest)
  expect(parse(itemOf(eight)).certificates).toHaveLength(8)
})

test.each([
  ['nothing', undefined],
  ['a list', [item]],
  ['a member besides', { ...item, extra: 1 }],
  ['another format', { ...item, format: 'software' }],
  ['no chain', { format: item.format }],
  ['a chain that is no list', { ...item, chain: item.chain[0] }],
  ['an empty chain', { ...item, chain: [] }],
  ['eleven certificates', itemOf(Array.from({ length: 11 }, () => chain[0]!))],
  ['a certificate that is no text', { ...item, chain: [...item.chain.slice(0, 3), null] }],
  ['padding', { ...item, chain: [`${item.chain[0]}=`] }],
  ['the other alphabet', { ...item, chain: [chain[0]!.toString('base64')] }],
  ['white space', { ...item, chain: [` ${item.chain[0]}`] }],
  ['unused bits that are set', { ...item, chain: ['AB'] }],
  ['a certificate of 8,193 bytes', itemOf([chain[0]!, big(8193)])],
  ['more than 64 KiB together', itemOf([...Array.from({ length: 8 }, () => big(8192)), chain[0]!])],
])('%s: ANDROID_KEY_MALFORMED', async (_, input) => {
  expect(await codeOf(() => parse(input))).toBe('ANDROID_KEY_MALFORMED')
})

const [leaf, device] = chain as [Buffer, Buffer]

test.each([
  ['an empty certificate', Buffer.alloc(0)],
  ['a byte after a certificate', Buffer.concat([device, Buffer.of(0)])],
  ['two certificates in one', Buffer.concat([device, device])],
  ['a certificate cut short', device.subarray(0, -1)],
  ['something else', sequence(integer(1))],
  ['PEM', Buffer.from('-----BEGIN CERTIFICATE-----')],
  [
    'an extension twice',
    chainOf({ certificates: { 1: { extensions: [1, 2].map((n) => extension('1.2.3', integer(n))) } } })[1]!,
  ],
])('%s: ANDROID_KEY_CERTIFICATE', async (_, broken) => {
  expect(await codeOf(() => parse(itemOf([leaf, broken])))).toBe('ANDROID_KEY_CERTIFICATE')
  expect(await codeOf(() => parse(itemOf([broken, device])))).toBe('ANDROID_KEY_CERTIFICATE')
})

test('a critical flag of any non-zero octet', () => {
  const flagged = { 1: { extensions: [extension('1.2.3', integer(1), boolean(7))] } }
  expect(parse(itemOf(chainOf({ certificates: flagged }))).certificates[1]?.extensions[0]?.critical).toBe(
    true,
  )
})

test('the cause is kept, and the message contains nothing of the evidence', () => {
  const broken = itemOf([leaf.subarray(1)])
  expect(() => parse(broken)).toThrow(AndroidKeyError)
  expect(() => parse(broken)).toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ name: 'CodecError' }) }),
  )
})
