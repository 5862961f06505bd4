import { describe, expect, test } from 'vitest'
import { fixedKeyPair, storedKeyPair } from '@assay/testkit/fixed'
import * as cms from '../../../../codec/test/cms/build-signed-data.ts'
import * as der from '../../../../codec/test/der/encode.ts'
import { commonName, extension, issueCertificate } from '../../../../codec/test/x509/issue-certificate.ts'
import type { CertificateTemplate } from '../../../../codec/test/x509/issue-certificate.ts'
import type { AppImageErrorCode } from '../../../src/errors/app-image-error.ts'
import { expectRefusal, verdictOf } from './expect-refusal.ts'
import type { Levels } from './expect-refusal.ts'
import { signatureFile } from './sign-jar.ts'
import type { JarSignerTemplate, JarTemplate } from './sign-jar.ts'

const keys = fixedKeyPair('P-256', 'signer')
const certificate = issueCertificate({ keys })
const other = fixedKeyPair('P-256', 'other signer')
const otherCertificate = issueCertificate({ keys: other, serial: 2 })
const rsa = storedKeyPair('RSA-1024')

const sign = (rest: Omit<JarSignerTemplate, 'keys'>): JarTemplate => ({
  signers: [{ keys, certificate, ...rest }],
})
const before24 = { minSdk: 21, maxSdk: 23 }
const { contentType, messageDigest } = cms

function flipped(signature: Buffer): Buffer {
  const changed = Buffer.from(signature)
  changed[changed.length - 1]! ^= 1
  return changed
}

/** A block with these SignerInfos over the file, and both certificates. */
function block(...infos: cms.SignerTemplate[]): JarTemplate {
  return sign({
    block: (file) =>
      cms.buildSignedData({
        certificates: [certificate, otherCertificate],
        signerInfos: infos.map((info) => cms.signerInfo(file, info)),
      }),
  })
}

describe('the signature', () => {
  test('is over the signature file', () => {
    expectRefusal('JAR_SIGNATURE_INVALID', sign({ changeSignature: flipped }))
    const files = { 'META-INF/CERT0.SF': 'Signature-Version: 1.0\r\n\r\n' }
    expectRefusal('JAR_SIGNATURE_INVALID', { ...sign({}), files })
  })

  test('is not over content that the block brings along', () => {
    const attached = sign({
      block: () =>
        cms.buildSignedData({
          certificates: [certificate],
          content: der.octets(Buffer.from('other')),
          signerInfos: [cms.signerInfo(Buffer.from('other'), { keys })],
        }),
    })
    expectRefusal('JAR_SIGNATURE_INVALID', attached)
  })

  test('has the form that its key makes', () => {
    for (const changeSignature of [
      (signature: Buffer) => signature.subarray(1),
      (signature: Buffer) => Buffer.concat([signature, Buffer.of(0)]),
      () => der.sequence(der.integer(-1), der.integer(1)),
      () => der.sequence(der.integer(1), der.integer(1), der.integer(1)),
    ]) {
      expectRefusal('JAR_SIGNATURE_BLOCK_MALFORMED', sign({ changeSignature }))
    }
    const short = { keys: rsa, changeSignature: (signature: Buffer) => signature.subarray(1) }
    expectRefusal('JAR_SIGNATURE_BLOCK_MALFORMED', { signers: [short] })
    expectRefusal('JAR_SIGNATURE_INVALID', { signers: [{ keys: rsa, changeSignature: flipped }] })
  })

  test('may be of any of the kinds of key', () => {
    const dsa = storedKeyPair('DSA-1024')
    for (const pair of [rsa, dsa, keys])
      expect(verdictOf({ signers: [{ keys: pair }] })?.signers).toHaveLength(1)
  })
})

describe('the block', () => {
  test('is SignedData', () => {
    const malformed = [
      Buffer.alloc(0),
      Buffer.from('junk'),
      der.sequence(der.oid(cms.dataOid), der.context(0, der.nothing())),
    ]
    for (const bytes of malformed)
      expectRefusal('JAR_SIGNATURE_BLOCK_MALFORMED', sign({ block: () => bytes }))
  })

  test('has a signer', () => {
    expectRefusal('JAR_SIGNATURE_BLOCK_MALFORMED', block())
  })

  test('may be followed by anything, and have indefinite lengths', () => {
    const trailing = sign({
      block: (file) =>
        Buffer.concat([
          cms.buildSignedData({ certificates: [certificate], signerInfos: [cms.signerInfo(file, { keys })] }),
          Buffer.from('garbage'),
        ]),
    })
    expect(verdictOf(trailing)?.signers).toEqual([certificate])
    const indefinite = sign({
      block: (file) => {
        const signedData = der.indefinite(
          0x30,
          der.integer(1),
          der.set(),
          der.sequence(der.oid(cms.dataOid)),
          der.indefinite(0xa0, certificate),
          der.set(cms.signerInfo(file, { keys })),
        )
        return der.indefinite(0x30, der.oid('1.2.840.113549.1.7.2'), der.indefinite(0xa0, signedData))
      },
    })
    expect(verdictOf(indefinite)?.signers).toEqual([certificate])
  })

  test('names its signers by issuer and serial number', () => {
    const identifier = der.context(0, Buffer.from('key'), false)
    expectRefusal('JAR_SIGNATURE_BLOCK_MALFORMED', block({ keys, identifier }))
    expectRefusal('JAR_SIGNATURE_BLOCK_MALFORMED', block({ keys }, { keys, identifier }), before24)
  })
})

describe('several SignerInfos', () => {
  const good = { keys }
  const wrong = { keys, changeSignature: flipped }
  const second = { keys: other, serial: 2 }

  test('from API level 24 on the first that verifies is the signer', () => {
    expect(verdictOf(block(good, second))?.signers).toEqual([certificate])
    expect(verdictOf(block(wrong, second))?.signers).toEqual([otherCertificate])
    expect(verdictOf(block(good, { ...second, changeSignature: flipped }))?.signers).toEqual([certificate])
  })

  test('before that only the first counts', () => {
    expectRefusal('JAR_SIGNATURE_INVALID', block(wrong, good), before24)
    expectRefusal('JAR_SIGNATURE_INVALID', block(wrong, good), { minSdk: 23 })
    const unknown = { ...second, digestOid: '1.2.3' }
    expect(verdictOf(block(good, unknown), before24)?.signers).toEqual([certificate])
  })

  test('one that not every platform can verify refuses the block', () => {
    expectRefusal('JAR_SIGNATURE_ALGORITHM', block(good, { ...second, digestOid: '1.2.3' }))
    expectRefusal('JAR_CERTIFICATE', block(good, { ...second, serial: 9 }))
  })
})

describe('signed attributes', () => {
  const withAttributes = (attributes: NonNullable<cms.SignerTemplate['attributes']>) => sign({ attributes })
  const cases: readonly (readonly [
    string,
    NonNullable<cms.SignerTemplate['attributes']>,
    AppImageErrorCode | undefined,
    AppImageErrorCode | undefined,
  ])[] = [
    ['complete', (digest) => [contentType(), messageDigest(digest)], undefined, undefined],
    ['not in the order of DER', (digest) => [messageDigest(digest), contentType()], undefined, undefined],
    [
      'with others among them',
      (digest) => [contentType(), cms.attribute('1.2.3', der.nothing()), messageDigest(digest)],
      undefined,
      undefined,
    ],
    ['without content type', (digest) => [messageDigest(digest)], 'JAR_SIGNATURE_BLOCK_MALFORMED', undefined],
    [
      'of another content type',
      (digest) => [contentType('1.2.3'), messageDigest(digest)],
      'JAR_SIGNATURE_INVALID',
      undefined,
    ],
    [
      'without digest',
      () => [contentType()],
      'JAR_SIGNATURE_BLOCK_MALFORMED',
      'JAR_SIGNATURE_BLOCK_MALFORMED',
    ],
    [
      'with a wrong digest',
      (digest) => [contentType(), messageDigest(Buffer.alloc(digest.length))],
      'JAR_SIGNATURE_INVALID',
      'JAR_SIGNATURE_INVALID',
    ],
    [
      'with two digests',
      (digest) => [contentType(), messageDigest(digest, digest)],
      'JAR_SIGNATURE_BLOCK_MALFORMED',
      'JAR_SIGNATURE_BLOCK_MALFORMED',
    ],
    [
      'with one attribute twice',
      (digest) => [contentType(), messageDigest(digest), messageDigest(digest)],
      'JAR_SIGNATURE_BLOCK_MALFORMED',
      'JAR_SIGNATURE_BLOCK_MALFORMED',
    ],
  ]

  test.each(cases)('%s', (_, attributes, from24, until23) => {
    for (const [levels, code] of [
      [{}, from24],
      [before24, until23],
    ] as const) {
      if (code === undefined)
        expect(verdictOf(withAttributes(attributes), levels)?.signers).toEqual([certificate])
      else expectRefusal(code, withAttributes(attributes), levels)
    }
  })

  test('are refused where some platform would not compare their digest', () => {
    const complete: cms.SignerTemplate['attributes'] = (digest) => [contentType(), messageDigest(digest)]
    const template = {
      signers: [{ keys: rsa, hash: 'sha1', attributes: complete }],
      manifestDigests: ['sha1'],
    }
    expectRefusal('JAR_SIGNATURE_INVALID', template, { minSdk: 18 })
    expect(verdictOf(template, { minSdk: 19 })?.signers).toHaveLength(1)
  })

  test('a SignerInfo with malformed ones refuses the block, one with wrong ones is passed over', () => {
    const first = (attributes: cms.SignerTemplate['attributes']) =>
      block({ keys, ...(attributes && { attributes }) }, { keys: other, serial: 2 })
    expectRefusal(
      'JAR_SIGNATURE_BLOCK_MALFORMED',
      first(() => [contentType()]),
    )
    expect(verdictOf(first((digest) => [contentType('1.2.3'), messageDigest(digest)]))?.signers).toEqual([
      otherCertificate,
    ])
  })
})

describe('the certificate', () => {
  const issued = (template: Omit<CertificateTemplate, 'keys'>, rest: Omit<JarSignerTemplate, 'keys'> = {}) =>
    sign({ ...rest, certificate: issueCertificate({ keys, ...template }) })
  const accepted = (template: JarTemplate): void => expect(verdictOf(template)?.signers).toHaveLength(1)

  test('is the one that the SignerInfo names', () => {
    const certificates = [otherCertificate, certificate]
    expect(verdictOf(sign({ certificates }))?.signers).toEqual([certificate])
    expectRefusal('JAR_CERTIFICATE', sign({ certificates: [otherCertificate] }))
    expectRefusal('JAR_CERTIFICATE', sign({ certificates: [] }))
    expectRefusal('JAR_CERTIFICATE', sign({ issuer: commonName('Somebody else') }))
  })

  test('is found however name and serial number are written', () => {
    accepted(sign({ issuer: commonName(' SIGNER', 0x13) }))
    accepted(sign({ identifier: der.sequence(commonName('Signer'), der.element(2, Buffer.of(0, 0, 1))) }))
    for (const serial of [0, -5, -256, 2n ** 159n]) accepted(issued({ serial }, { serial }))
  })

  test('must be a certificate, as all others in the block', () => {
    for (const junk of [
      der.sequence(der.integer(1)),
      der.octets(certificate),
      der.context(1, der.nothing()),
    ]) {
      expectRefusal('JAR_CERTIFICATE', sign({ certificates: [certificate, junk] }))
    }
    const name = der.sequence(der.set(der.nothing()))
    expectRefusal('JAR_CERTIFICATE', sign({ certificates: [certificate, issueCertificate({ keys, name })] }))
  })

  test('need not be DER, and is not changed by that', () => {
    const assemble = (tbs: Buffer, algorithm: Buffer, signature: Buffer): Buffer =>
      der.sequence(tbs, algorithm, der.paddedElement(0x03, 2, Buffer.of(0), signature))
    const odd = issueCertificate({ keys, assemble })
    expect(verdictOf(sign({ certificate: odd }))?.signers).toEqual([odd])
  })

  test('has no critical extension that the platform does not know', () => {
    accepted(
      issued({
        extensions: [extension('2.5.29.19', der.sequence(), true), extension('1.2.3', der.nothing())],
      }),
    )
    expectRefusal('JAR_CERTIFICATE', issued({ extensions: [extension('1.2.3', der.nothing(), true)] }))
  })

  test('is for signing, if it says what it is for', () => {
    const usage = (octet: number, critical = true) => [
      extension('2.5.29.15', der.bits(Buffer.of(octet)), critical),
    ]
    for (const octet of [0x80, 0x40, 0xff]) accepted(issued({ extensions: usage(octet) }))
    for (const octet of [0x20, 0x00])
      expectRefusal('JAR_CERTIFICATE', issued({ extensions: usage(octet, false) }))
    expectRefusal(
      'JAR_CERTIFICATE',
      issued({ extensions: [extension('2.5.29.15', der.bits(Buffer.alloc(0)))] }),
    )
    expectRefusal('JAR_CERTIFICATE', issued({ extensions: [extension('2.5.29.15', der.nothing(), true)] }))
    accepted(issued({ extensions: [extension('2.5.29.15', der.nothing())] }))
  })

  test('has a key of the kind that the signature names', () => {
    expectRefusal('JAR_CERTIFICATE', sign({ signatureOid: cms.keyOids.rsa! }))
    expectRefusal('JAR_CERTIFICATE', { signers: [{ keys: rsa, signatureOid: cms.keyOids.ec! }] })
  })

  test('has a key that can be read', () => {
    const broken = Buffer.from(certificate)
    const point = broken.indexOf(Buffer.from([0x03, 0x42, 0x00, 0x04]))
    broken[point + 10]! ^= 1
    expectRefusal('JAR_CERTIFICATE', sign({ certificate: broken }))
  })
})

describe('algorithms', () => {
  const { digestOids, keyOids } = cms
  const of = (
    pair: typeof keys,
    hash: string,
    signatureOid: string,
    digestOid = digestOids[hash]!,
  ): JarTemplate => ({
    signers: [
      {
        keys: pair,
        hash,
        digestOid,
        signatureOid,
        signatureFile: (...parts) => signatureFile(...parts, 'sha1'),
      },
    ],
    manifestDigests: ['sha1', 'sha256'],
  })
  // From the first level on which all later ones follow, by what the SignerInfo names.
  const since: readonly (readonly [string, typeof keys, string, string, number])[] = [
    ['MD5 with an RSA key', rsa, 'md5', keyOids.rsa!, 0],
    ['MD5 with RSA', rsa, 'md5', '1.2.840.113549.1.1.4', 21],
    ['SHA-1 with RSA', rsa, 'sha1', '1.2.840.113549.1.1.5', 0],
    ['SHA-224 with RSA', rsa, 'sha224', '1.2.840.113549.1.1.14', 21],
    ['SHA-256 with an RSA key', rsa, 'sha256', keyOids.rsa!, 18],
    ['SHA-256 with RSA', rsa, 'sha256', '1.2.840.113549.1.1.11', 18],
    ['SHA-384 with RSA', rsa, 'sha384', '1.2.840.113549.1.1.12', 21],
    ['SHA-512 with an RSA key', rsa, 'sha512', keyOids.rsa!, 18],
    ['SHA-512 with RSA', rsa, 'sha512', '1.2.840.113549.1.1.13', 21],
    ['SHA-1 with an EC key', keys, 'sha1', keyOids.ec!, 18],
    ['SHA-224 with ECDSA', keys, 'sha224', '1.2.840.10045.4.3.1', 21],
    ['SHA-256 with an EC key', keys, 'sha256', keyOids.ec!, 18],
    ['SHA-512 with ECDSA', keys, 'sha512', '1.2.840.10045.4.3.4', 21],
  ]

  test.each(since)('%s', (_, pair, hash, signatureOid, level) => {
    expect(verdictOf(of(pair, hash, signatureOid), { minSdk: level })?.signers).toHaveLength(1)
    if (level > 0)
      expectRefusal('JAR_SIGNATURE_ALGORITHM', of(pair, hash, signatureOid), { minSdk: level - 1 })
  })

  test('some were there before, gone for a while, and came back', () => {
    const sha256 = of(rsa, 'sha256', keyOids.rsa!)
    expect(verdictOf(sha256, { minSdk: 1, maxSdk: 8 })?.signers).toHaveLength(1)
    for (const levels of [
      { minSdk: 8, maxSdk: 9 },
      { minSdk: 9, maxSdk: 17 },
      { minSdk: 8, maxSdk: 18 },
    ]) {
      expectRefusal('JAR_SIGNATURE_ALGORITHM', sha256, levels)
    }
  })

  test('a digest beside a signature algorithm with another one was known for three levels', () => {
    const mixed = of(rsa, 'sha256', '1.2.840.113549.1.1.11', digestOids.sha512)
    expect(verdictOf(mixed, before24)?.signers).toHaveLength(1)
    for (const levels of [{ minSdk: 20, maxSdk: 23 }, { minSdk: 21, maxSdk: 24 }, {}]) {
      expectRefusal('JAR_SIGNATURE_ALGORITHM', mixed, levels)
    }
    const shorter = of(rsa, 'sha1', '1.2.840.113549.1.1.5', digestOids.sha256)
    expect(verdictOf(shorter, { minSdk: 21, maxSdk: 21 })?.signers).toHaveLength(1)
    expectRefusal('JAR_SIGNATURE_ALGORITHM', shorter, { minSdk: 21, maxSdk: 22 })
  })

  const unknown: readonly (readonly [string, string, string, Levels])[] = [
    ['an unknown digest', '1.2.3', keyOids.ec!, {}],
    ['an unknown signature', digestOids.sha256!, '1.2.3', {}],
    ['RSA-PSS', digestOids.sha256!, '1.2.840.113549.1.1.10', {}],
    ['MD5 with an EC key', digestOids.md5!, keyOids.ec!, {}],
  ]
  test.each(unknown)('%s is unknown on all levels', (_, digestOid, signatureOid, levels) => {
    expectRefusal('JAR_SIGNATURE_ALGORITHM', of(keys, 'sha256', signatureOid, digestOid), levels)
  })
})
