import { createHash, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { cmsOid, parseSignedAttributes, parseSignedData } from '../../src/cms/index.ts'
import type { SignedData } from '../../src/cms/index.ts'
import * as der from '../der/encode.ts'
import { expectCode } from '../expect-code.ts'
import { commonName, issueCertificate } from '../x509/issue-certificate.ts'
import {
  attribute,
  buildSignedData,
  contentType,
  dataOid,
  digestOids,
  keyOids,
  messageDigest,
  signerInfo,
} from './build-signed-data.ts'
import type { SignedDataTemplate } from './build-signed-data.ts'

const keys = fixedKeyPair('P-256', 'signer')
const content = Buffer.from('content')
const certificate = issueCertificate({ keys })
const plain = signerInfo(content, { keys })

const parse = (template: Partial<SignedDataTemplate>): SignedData =>
  parseSignedData(buildSignedData({ signerInfos: [plain], ...template }))

describe('SignedData', () => {
  test('is cut into its parts', () => {
    const parsed = parse({ certificates: [certificate, certificate], content: der.octets(content) })
    expect(parsed.contentType).toBe(cmsOid.data)
    expect(parsed.content).toEqual(content)
    expect(parsed.certificates).toEqual([certificate, certificate])
    expect(parsed.signerInfos).toHaveLength(1)
  })

  test('may be detached, and hold revocation lists and no certificates', () => {
    const parsed = parse({ crls: der.context(1, der.sequence()) })
    expect(parsed.content).toBeUndefined()
    expect(parsed.certificates).toEqual([])
  })

  test('is read in BER with content in segments', () => {
    const segments = der.indefinite(0x24, der.octets(Buffer.from('con')), der.octets(Buffer.from('tent')))
    const encoded = der.indefinite(
      0x30,
      der.oid(cmsOid.signedData),
      der.indefinite(
        0xa0,
        der.indefinite(
          0x30,
          der.integer(1),
          der.set(),
          der.indefinite(0x30, der.oid(dataOid), der.indefinite(0xa0, segments)),
          der.indefinite(0xa0, certificate),
          der.set(plain),
        ),
      ),
    )
    const parsed = parseSignedData(encoded)
    expect(Buffer.from(parsed.content ?? []).toString()).toBe('content')
    expect(parsed.certificates.map((one) => Buffer.from(one))).toEqual([certificate])
  })

  test('another content type is refused', () => {
    expectCode('CMS_CONTENT_TYPE', () =>
      parseSignedData(der.sequence(der.oid(dataOid), der.context(0, der.octets(content)))),
    )
  })

  test('bytes after it are refused unless the caller ignores them', () => {
    const encoded = Buffer.concat([buildSignedData({ signerInfos: [plain] }), Buffer.from('garbage')])
    expectCode('DER_TRAILING', () => parseSignedData(encoded))
    expect(parseSignedData(encoded, { trailingBytes: 'ignore' }).signerInfos).toHaveLength(1)
  })

  test('an unknown field is refused', () => {
    expectCode('DER_TRAILING', () => parse({ content: Buffer.concat([der.octets(content), der.nothing()]) }))
    expectCode('DER_TAG', () => parse({ crls: der.context(2, der.sequence()) }))
    const trailing = signerInfo(content, { keys, unsignedAttributes: der.context(2, der.nothing()) })
    expectCode('DER_TRAILING', () => parse({ signerInfos: [trailing] }))
  })
})

describe('SignerInfo', () => {
  const parseOne = (template: Omit<Parameters<typeof signerInfo>[1], 'keys'>) =>
    parse({ signerInfos: [signerInfo(content, { keys, ...template })] }).signerInfos[0]!

  test('names algorithms and signer', () => {
    const info = parseOne({
      hash: 'sha384',
      serial: 0x80,
      unsignedAttributes: der.context(1, der.sequence()),
    })
    expect(info.digestAlgorithm).toBe(digestOids.sha384)
    expect(info.signatureAlgorithm).toBe(keyOids.ec)
    expect(info.signatureParameters).toBeUndefined()
    expect(info.signer).toEqual({
      kind: 'issuer-and-serial-number',
      issuer: commonName('Signer'),
      serialNumber: Buffer.of(0, 0x80),
    })
    expect(info.signedAttributes).toBeUndefined()
    expect(verify('sha384', content, keys.publicKey, info.signature)).toBe(true)
  })

  test('may name the signer by key identifier, and by nothing else', () => {
    const info = parseOne({ identifier: der.context(0, Buffer.from('key'), false) })
    expect(info.signer).toEqual({ kind: 'subject-key-identifier', keyIdentifier: Buffer.from('key') })
    expectCode('CMS_SIGNER_IDENTIFIER', () => parseOne({ identifier: der.integer(1) }))
    expectCode('DER_TRAILING', () =>
      parseOne({ identifier: der.sequence(commonName('a'), der.integer(1), der.nothing()) }),
    )
  })

  test('parameters of the signature algorithm are kept', () => {
    const info = der.sequence(
      der.integer(1),
      der.sequence(commonName('Signer'), der.integer(1)),
      der.sequence(der.oid(digestOids.sha256!), der.nothing()),
      der.sequence(der.oid(keyOids.rsa!), der.nothing()),
      der.octets(Buffer.alloc(1)),
    )
    expect(parse({ signerInfos: [info] }).signerInfos[0]?.signatureParameters).toEqual(der.nothing())
    const more = der.sequence(
      der.integer(1),
      der.sequence(commonName('a'), der.integer(1)),
      der.sequence(der.oid('1.2'), der.nothing(), der.nothing()),
    )
    expectCode('DER_TRAILING', () => parse({ signerInfos: [more] }))
  })

  test('signed attributes are digested as a SET in the order in which they were sent', () => {
    const info = parseOne({ attributes: (digest) => [messageDigest(digest), contentType()] })
    expect(verify('sha256', info.signedAttributes!, keys.publicKey, info.signature)).toBe(true)
    expect(info.signedAttributes?.[0]).toBe(0x31)
  })
})

describe('signed attributes', () => {
  const digest = createHash('sha256').update(content).digest()
  const parseAttributes = (...attributes: Buffer[]) => parseSignedAttributes(der.set(...attributes))

  test('content type and message digest are read, others are not', () => {
    const attributes = parseAttributes(
      attribute('1.2.3', der.nothing(), der.nothing()),
      contentType(),
      messageDigest(digest),
    )
    expect(attributes).toEqual({ contentType: dataOid, messageDigest: digest })
  })

  test('a missing attribute, or one without a value, is undefined', () => {
    expect(parseAttributes()).toEqual({ contentType: undefined, messageDigest: undefined })
    expect(parseAttributes(messageDigest())).toEqual({ contentType: undefined, messageDigest: undefined })
  })

  test('an attribute that occurs twice is refused', () => {
    expectCode('CMS_ATTRIBUTES', () => parseAttributes(messageDigest(digest), messageDigest(digest)))
    expectCode('CMS_ATTRIBUTES', () => parseAttributes(attribute('1.2.3'), attribute('1.2.3')))
  })

  test('several values are refused', () => {
    expectCode('CMS_ATTRIBUTES', () => parseAttributes(messageDigest(digest, digest)))
    expectCode('CMS_ATTRIBUTES', () =>
      parseAttributes(attribute('1.2.840.113549.1.9.3', der.oid('1.2'), der.oid('1.2'))),
    )
  })

  test('malformed ones are refused', () => {
    expectCode('DER_TAG', () => parseAttributes(der.integer(1)))
    expectCode('DER_TAG', () =>
      parseAttributes(attribute('1.2.840.113549.1.9.4', der.element(0x24, der.octets(digest)))),
    )
    expectCode('DER_TAG', () => parseAttributes(attribute('1.2.840.113549.1.9.3', der.integer(1))))
    expectCode('DER_TRAILING', () => parseAttributes(der.sequence(der.oid('1.2'), der.set(), der.nothing())))
    expectCode('DER_TRAILING', () => parseSignedAttributes(Buffer.concat([der.set(), der.nothing()])))
  })
})
