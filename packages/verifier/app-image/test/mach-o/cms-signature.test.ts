import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedKeyPair, storedKeyPair } from '@assay/testkit/fixed'
import {
  buildSignedData,
  contentType,
  messageDigest,
  signerInfo,
  type SignedDataTemplate,
  type SignerTemplate,
} from '../../../codec/test/cms/build-signed-data.ts'
import { octets } from '../../../codec/test/der/encode.ts'
import { issueCertificate } from '../../../codec/test/x509/issue-certificate.ts'
import { verifyMachOSignature, type AppImageErrorCode } from '../../src/index.ts'
import { codeOf, expectRefusal, fileOf } from '../expect-refusal.ts'
import { writeMachO } from './write-mach-o.ts'
import { blob, type SignatureTemplate } from './write-signature.ts'

const rsa = storedKeyPair('RSA-2048-1')
const ec = fixedKeyPair('P-256', 'other signer')
const certificate = issueCertificate({ keys: rsa })
const other = issueCertificate({ keys: ec, serial: 2 })

const attributes = (digest: Buffer) => [contentType(), messageDigest(digest)]

/** Signs a directory as `codesign` does, with the certificate of the signer and another. */
const cmsOf =
  (signer: Partial<SignerTemplate> = {}, more: Partial<SignedDataTemplate> = {}) =>
  (directory: Buffer): Buffer =>
    buildSignedData({
      certificates: [other, certificate],
      signerInfos: [signerInfo(directory, { keys: rsa, attributes, ...signer })],
      ...more,
    })

/** What Apple signs itself has no attributes. */
const bare = (directory: Buffer) =>
  cmsOf({}, { signerInfos: [signerInfo(directory, { keys: rsa })] })(directory)

const noCertificate = Buffer.from('3000', 'hex')

const signers =
  (...signed: (Buffer | undefined)[]) =>
  (directory: Buffer) => {
    const signerInfos = signed.map((each) => signerInfo(each ?? directory, { keys: rsa, attributes }))
    return cmsOf({}, { signerInfos })(directory)
  }
const another = Buffer.from('another')

const verify = (signature: SignatureTemplate) =>
  verifyMachOSignature(fileOf(writeMachO({ code: Buffer.alloc(100), signature })))

describe('the CMS signature over the first CodeDirectory', () => {
  it.each<[string, SignatureTemplate]>([
    ['verifies', { cms: cmsOf() }],
    ['verifies with SHA-1', { cms: cmsOf({ hash: 'sha1' }) }],
    ['verifies with SHA-512', { cms: cmsOf({ hash: 'sha512' }) }],
    ['names an algorithm of a signature', { cms: cmsOf({ signatureOid: '1.2.840.113549.1.1.11' }) }],
    ['verifies with a key on a curve', { cms: cmsOf({ keys: ec, serial: 2 }) }],
    ['is followed by bytes', { cms: (directory) => Buffer.concat([cmsOf()(directory), Buffer.alloc(9)]) }],
    ['has its content in it', { cms: cmsOf({}, { content: octets(Buffer.from('x')) }) }],
    ['is over the first of several', { cms: cmsOf(), directories: [{ hashType: 1 }, { hashType: 2 }] }],
    ['has no signed attributes', { cms: bare }],
    ['has two signers', { cms: signers(undefined, undefined) }],
    [
      'brings a certificate that is none, too',
      { cms: cmsOf({}, { certificates: [noCertificate, certificate] }) },
    ],
    ['is empty', {}],
    ['is not there', { others: [] }],
  ])('%s', async (_, signature) => {
    expect((await verify(signature)).slices).toHaveLength(1)
  })

  const changedAfterwards = (at: number): SignatureTemplate => ({
    cms: cmsOf(),
    // The signature is made before this, the hash of the page stays right.
    edit: (bytes) => void (bytes[bytes.indexOf('ABCDE12345') + at] = 0x58),
  })
  it.each<[string, AppImageErrorCode, SignatureTemplate]>([
    ['is over another team', 'MACHO_SIGNATURE_INVALID', changedAfterwards(0)],
    [
      'is over another digest',
      'MACHO_SIGNATURE_INVALID',
      { cms: cmsOf({ attributes: () => attributes(Buffer.alloc(32)) }) },
    ],
    ['has no digest', 'MACHO_SIGNATURE_INVALID', { cms: cmsOf({ attributes: () => [contentType()] }) }],
    [
      'was made by another key',
      'MACHO_SIGNATURE_INVALID',
      { cms: cmsOf({ keys: storedKeyPair('RSA-2048-2') }) },
    ],
    [
      'was changed',
      'MACHO_SIGNATURE_INVALID',
      { cms: cmsOf({ changeSignature: (bytes) => Buffer.from(bytes).fill(1, 9) }) },
    ],
    [
      'is of another kind than the key',
      'MACHO_SIGNATURE_INVALID',
      { cms: cmsOf({ signatureOid: '1.2.840.10045.4.3.2' }) },
    ],
    ['is of an unknown kind', 'MACHO_SIGNATURE_INVALID', { cms: cmsOf({ signatureOid: '1.2.3' }) }],
    [
      'has a digest of an unknown kind',
      'MACHO_SIGNATURE_INVALID',
      { cms: cmsOf({ digestOid: '1.2.840.113549.2.5' }) },
    ],
    ['lacks its certificate', 'MACHO_SIGNATURE_INVALID', { cms: cmsOf({}, { certificates: [other] }) }],
    ['names another certificate', 'MACHO_SIGNATURE_INVALID', { cms: cmsOf({ serial: 2 }) }],
    [
      'names its certificate by its key',
      'MACHO_SIGNATURE_INVALID',
      { cms: cmsOf({ identifier: Buffer.from('800101', 'hex') }) },
    ],
    [
      'has no signed attributes and is over another team',
      'MACHO_SIGNATURE_INVALID',
      { ...changedAfterwards(0), cms: bare },
    ],
    ['has no signer', 'MACHO_SIGNATURE_MALFORMED', { cms: cmsOf({}, { signerInfos: [] }) }],
    [
      'has two signers, one of whom signed something else',
      'MACHO_SIGNATURE_INVALID',
      { cms: signers(undefined, another) },
    ],
    [
      'has a certificate that is none in the place of its own',
      'MACHO_SIGNATURE_INVALID',
      { cms: cmsOf({}, { certificates: [noCertificate] }) },
    ],
    [
      'has five signers',
      'MACHO_SIGNATURE_MALFORMED',
      { cms: signers(...Array.from({ length: 5 }, () => undefined)) },
    ],
    ['is no CMS', 'MACHO_SIGNATURE_MALFORMED', { cms: () => Buffer.from('CMS') }],
    ['is too long', 'MACHO_SIGNATURE_MALFORMED', { cms: () => Buffer.alloc(256 * 1024) }],
    [
      'is in a blob of another kind',
      'MACHO_SIGNATURE_MALFORMED',
      { others: [[0x10000, blob(0xfade0b02, '')]] },
    ],
  ])('%s: refused', async (_, code, signature) => {
    await expectRefusal(code, () => verify(signature))
  })

  it('verifies, or is refused with a code, whatever its bytes are', async () => {
    const template = cmsOf()(Buffer.from('x'))
    const edits = fc.array(fc.tuple(fc.nat({ max: template.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const cms = (directory: Buffer): Buffer => {
          const bytes = cmsOf()(directory)
          for (const [at, octet] of changes) bytes[at] = octet
          return bytes
        }
        const code = await codeOf(() => verify({ cms }))
        expect([undefined, 'MACHO_SIGNATURE_MALFORMED', 'MACHO_SIGNATURE_INVALID']).toContain(code)
      }),
    )
  })
})
