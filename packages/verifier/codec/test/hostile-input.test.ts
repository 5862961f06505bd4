import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { parseSignedAttributes, parseSignedData } from '../src/cms/index.ts'
import { DerReader, isConstructed } from '../src/der/index.ts'
import { codecErrorCodes } from '../src/index.ts'
import { equalNames, parseCertificate, readValidity } from '../src/x509/index.ts'
import { buildSignedData, contentType, messageDigest, signerInfo } from './cms/build-signed-data.ts'
import * as der from './der/encode.ts'
import { codeOf } from './expect-code.ts'
import { commonName, extension, issueCertificate } from './x509/issue-certificate.ts'

const keys = fixedKeyPair('P-256', 'signer')
const certificate = issueCertificate({
  keys,
  extensions: [extension('2.5.29.15', der.bits(Buffer.of(0x80)), true)],
})
const signed = signerInfo(Buffer.from('x'), {
  keys,
  attributes: (digest) => [contentType(), messageDigest(digest)],
})
const signedData = buildSignedData({
  certificates: [certificate],
  content: der.octets(Buffer.from('x')),
  signerInfos: [signed],
})

/** A few edits of a well-formed encoding: octets replaced, inserted, removed, the end cut off. */
function mutations(seed: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(seed.length - 1)
  const edit = fc.oneof(
    fc.record({ kind: fc.constant('replace' as const), at, octet: fc.nat(255) }),
    fc.record({ kind: fc.constant('insert' as const), at, octet: fc.nat(255) }),
    fc.record({ kind: fc.constant('remove' as const), at, octet: fc.constant(0) }),
    fc.record({ kind: fc.constant('cut' as const), at, octet: fc.constant(0) }),
  )
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let octets = [...seed]
    for (const { kind, at: index, octet } of edits) {
      if (kind === 'replace') octets[index] = octet
      else if (kind === 'insert') octets.splice(index, 0, octet)
      else if (kind === 'remove') octets.splice(index, 1)
      else octets = octets.slice(0, Math.max(index, octets.length - 40))
    }
    return Buffer.from(octets.map((octet) => octet ?? 0))
  })
}

function walk(reader: DerReader): void {
  while (!reader.atEnd) {
    const tag = reader.peekTag() as number
    if (isConstructed(tag)) walk(reader.enter(tag))
    else reader.skip()
  }
}

// `codeOf` passes on whatever is not a CodecError, which fails the property.
function refusesByCode(seed: Buffer, read: (input: Buffer) => unknown): void {
  expect(codeOf(() => read(seed))).toBeUndefined()
  const hostile = fc.oneof(
    mutations(seed),
    fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
  )
  fc.assert(
    fc.property(hostile, (input) => {
      const code = codeOf(() => read(input))
      expect(code === undefined || codecErrorCodes.includes(code)).toBe(true)
    }),
  )
}

describe('malformed input is refused by code, and by nothing else', () => {
  test('elements, strict', () => refusesByCode(certificate, (input) => walk(new DerReader(input))))
  test('elements, tolerant', () =>
    refusesByCode(signedData, (input) => walk(new DerReader(input, { encoding: 'ber' }))))
  test('certificates, strict', () => refusesByCode(certificate, (input) => parseCertificate(input)))
  test('certificates, tolerant', () =>
    refusesByCode(certificate, (input) => {
      const { issuer, subject, validity } = parseCertificate(input, {
        encoding: 'ber',
        booleans: 'any-non-zero',
      })
      equalNames(issuer, subject)
      readValidity(validity)
    }))
  test('SignedData', () =>
    refusesByCode(signedData, (input) => {
      for (const { signedAttributes } of parseSignedData(input).signerInfos) {
        if (signedAttributes !== undefined) parseSignedAttributes(signedAttributes)
      }
    }))
  test('names', () => refusesByCode(commonName('Name'), (input) => equalNames(input, commonName('Other'))))
})

test('a strict reader accepts only what it would write', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), fc.nat(0x1f_ffff), (value, number) => {
      const encoded = der.context(number, der.integer(value))
      const reader = new DerReader(encoded)
      const tag = reader.peekTag() as number
      expect(reader.enter(tag).readBigInteger()).toBe(value)
      reader.end()
    }),
  )
})
