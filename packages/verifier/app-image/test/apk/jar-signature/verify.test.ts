import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { issueCertificate } from '../../../../codec/test/x509/issue-certificate.ts'
import { verifyJarSignature } from '../../../src/apk/jar-signature/index.ts'
import { expectRefusal, refusalOf, verdictOf, verdictOn } from './expect-refusal.ts'
import { defaultContents, mainSection, manifestSection, signatureFile, signJar } from './sign-jar.ts'

const keys = fixedKeyPair('P-256', 'signer')
const other = fixedKeyPair('P-256', 'other signer')
const certificate = issueCertificate({ keys })
const otherCertificate = issueCertificate({ keys: other })
const signer = { keys, certificate }
const second = { keys: other, certificate: otherCertificate }

describe('a signed archive', () => {
  test('returns the certificate of its signer, byte for byte', () => {
    expect(verdictOf({ signers: [signer] })).toEqual({ signers: [certificate], declaredSchemes: [] })
  })

  test.each(['RSA', 'DSA', 'EC'])('may have a block named .%s, whatever the key', (extension) => {
    expect(verdictOf({ signers: [{ ...signer, extension }] })?.signers).toEqual([certificate])
  })

  test('may have its signature files in a folder of META-INF', () => {
    expect(verdictOf({ signers: [{ ...signer, name: 'a/b.c' }] })?.signers).toEqual([certificate])
  })

  test('may hold anything in META-INF, and folders', () => {
    const files = { 'META-INF/services/x': 'x', 'META-INF/UNSIGNED.SF': 'x', 'folder/': '' }
    expect(verdictOf({ signers: [signer], files })?.signers).toEqual([certificate])
  })
})

describe('no signature at all', () => {
  test.each([
    ['no signature files', { 'META-INF/CERT0.SF': undefined, 'META-INF/CERT0.RSA': undefined }],
    ['a block without its file', { 'META-INF/CERT0.SF': undefined }],
    ['a file without its block', { 'META-INF/CERT0.RSA': undefined }],
  ])('%s', (_, files) => {
    expect(verdictOf({ signers: [signer], files })).toBeUndefined()
  })

  test('names are distinguished by case and place', () => {
    for (const name of ['meta-inf/CERT', 'x/META-INF/CERT']) {
      const files = { [`${name}.RSA`]: 'x', [`${name}.SF`]: 'x', 'META-INF/A.rsa': 'x', 'META-INF/A.SF': 'x' }
      expect(verdictOf({ signers: [], files })).toBeUndefined()
    }
  })
})

describe('the manifest', () => {
  const withManifest = (manifest: string) => ({ signers: [signer], manifest: () => manifest })

  test('must be there', () => {
    expectRefusal('JAR_MANIFEST_MALFORMED', {
      signers: [signer],
      files: { 'META-INF/MANIFEST.MF': undefined },
    })
  })

  test('must not be empty', () => {
    expectRefusal('JAR_MANIFEST_MALFORMED', withManifest('\r\n\r\n'))
  })

  test('names the entry of each section', () => {
    expectRefusal('JAR_MANIFEST_MALFORMED', withManifest(`${mainSection}SHA-256-Digest: AAAA\r\n\r\n`))
  })

  test('has one section for one entry', () => {
    const section = manifestSection('classes.dex', 'dex', ['sha256'])
    expectRefusal('JAR_MANIFEST_MALFORMED', withManifest(mainSection + section + section))
  })

  test('names entries that exist', () => {
    expectRefusal('JAR_ENTRY_MISSING', withManifest(mainSection + manifestSection('gone', 'x', ['sha256'])))
    const manifest = (sections: readonly string[]) => mainSection + sections.join('')
    expectRefusal('JAR_ENTRY_MISSING', {
      signers: [signer],
      manifest,
      contents: { ...defaultContents, 'folder/': '' },
    })
  })

  test('has digests in base64', () => {
    const manifest = (sections: readonly string[]) =>
      mainSection + sections.join('').replaceAll(/Digest: ..../g, 'Digest: !!!!')
    expectRefusal('JAR_MANIFEST_MALFORMED', { signers: [signer], manifest })
  })
})

describe('entries', () => {
  test('are in the manifest', () => {
    expectRefusal('JAR_ENTRY_NOT_SIGNED', { signers: [signer], files: { 'added.txt': 'x' } })
  })

  test('have their digest', () => {
    expectRefusal('JAR_DIGEST_MISMATCH', { signers: [signer], files: { 'classes.dex': 'patched' } })
  })

  test('have a digest that every platform of the range looks for', () => {
    expectRefusal('JAR_DIGEST_MISSING', { signers: [signer], manifestDigests: ['md5'] })
    expectRefusal('JAR_DIGEST_MISSING', { signers: [signer], manifestDigests: [] })
  })

  test('are covered by a signature file', () => {
    const partly = {
      ...signer,
      signatureFile: (manifest: Buffer, sections: readonly string[]) =>
        signatureFile(manifest, sections.slice(1)),
    }
    expectRefusal('JAR_ENTRY_NOT_SIGNED', { signers: [partly] })
    const none = { ...signer, signatureFile: (manifest: Buffer) => signatureFile(manifest, []) }
    expectRefusal('JAR_ENTRY_NOT_SIGNED', { signers: [none] })
  })

  test('are there at all', () => {
    expectRefusal('JAR_ENTRY_NOT_SIGNED', { signers: [signer], contents: {} })
    expectRefusal('JAR_ENTRY_NOT_SIGNED', { signers: [signer], contents: { 'META-INF/x': 'x' } })
  })
})

describe('several signers', () => {
  test('all that cover every entry are named', () => {
    expect(verdictOf({ signers: [signer, second] })?.signers).toEqual([certificate, otherCertificate])
  })

  test('one that covers only some entries refuses the archive', () => {
    const partly = (drop: number) => (manifest: Buffer, sections: readonly string[]) =>
      signatureFile(
        manifest,
        sections.filter((_, index) => index !== drop),
      )
    expectRefusal('JAR_SIGNERS_DIFFER', { signers: [signer, { ...second, signatureFile: partly(0) }] })
    expectRefusal('JAR_SIGNERS_DIFFER', {
      signers: [
        { ...signer, signatureFile: partly(0) },
        { ...second, signatureFile: partly(1) },
      ],
    })
  })

  test('one that covers no entry is no signer', () => {
    const empty = { ...second, signatureFile: (manifest: Buffer) => signatureFile(manifest, []) }
    expect(verdictOf({ signers: [signer, empty] })?.signers).toEqual([certificate])
  })

  test('one whose signature does not hold refuses the archive', () => {
    const broken = { ...second, block: () => Buffer.from('junk') }
    expectRefusal('JAR_SIGNATURE_BLOCK_MALFORMED', { signers: [signer, broken] })
  })

  test('ten are admitted, eleven are not', () => {
    const signers = (count: number) => Array.from({ length: count }, () => signer)
    expect(verdictOf({ signers: signers(10) })?.signers).toHaveLength(10)
    expectRefusal('JAR_TOO_MANY_SIGNERS', { signers: signers(11) })
    // A block without a file does not count.
    const files = { 'META-INF/CERT3.SF': undefined }
    expect(verdictOf({ signers: signers(11), files })?.signers).toHaveLength(10)
  })
})

test('an invalid range is misuse', () => {
  const range = { entries: new Map(), minSdk: 24, maxSdk: 23 }
  expect(() => verifyJarSignature(range)).toThrow(
    expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
  )
  expect(() => verifyJarSignature({ ...range, minSdk: Number.NaN })).toThrow(TypeError)
})

test('content is asked for once per entry, with the algorithms that count', () => {
  const files = signJar({ signers: [signer], manifestDigests: ['sha1', 'sha256'] })
  const asked: string[] = []
  const entries = new Map(
    [...files].map(([name, content]) => [
      name,
      {
        readContent: () => content,
        digestContent: (algorithms: readonly string[]) => {
          asked.push(`${name} ${algorithms.join(' ')}`)
          return new Map<string, Buffer>()
        },
      },
    ]),
  )
  expect(refusalOf(() => verifyJarSignature({ entries, minSdk: 1, maxSdk: 99 }))).toBe(
    'JAR_SIGNATURE_ALGORITHM',
  )
  expect(asked).toEqual([])
  expect(refusalOf(() => verifyJarSignature({ entries, minSdk: 24, maxSdk: 99 }))).toBe('JAR_DIGEST_MISMATCH')
  expect(asked).toEqual(['classes.dex sha256'])
  expect(verdictOn(files)?.signers).toEqual([certificate])
})
