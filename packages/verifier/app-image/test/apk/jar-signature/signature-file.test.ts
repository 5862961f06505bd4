import { describe, expect, test } from 'vitest'
import { fixedKeyPair, storedKeyPair } from '@assay/testkit/fixed'
import { issueCertificate } from '../../../../codec/test/x509/issue-certificate.ts'
import { expectRefusal, verdictOf } from './expect-refusal.ts'
import { digestLine, mainSection, signatureFile, versionLine } from './sign-jar.ts'
import type { JarTemplate } from './sign-jar.ts'

const keys = fixedKeyPair('P-256', 'signer')
const certificate = issueCertificate({ keys })
const second = fixedKeyPair('P-256', 'second signer')

type MakeFile = (manifest: Buffer, sections: readonly string[]) => string

const withFile = (file: MakeFile, rest: Partial<JarTemplate> = {}): JarTemplate => ({
  signers: [{ keys, certificate, signatureFile: file }],
  ...rest,
})

/** A signature file without the digest of the whole manifest, so that its sections count. */
const bySections = (
  main: string,
  sections: readonly string[],
  hash = 'sha256',
  cut = (section: string) => section,
): string =>
  `${main}\r\n${sections.map((section) => `${section.split('\r\n')[0]}\r\n${digestLine(hash, cut(section))}\r\n`).join('')}`

describe('the manifest holds', () => {
  test('by the digest of the whole', () => {
    // The digests of the sections are wrong, and do not count.
    const file: MakeFile = (manifest, sections) =>
      signatureFile(manifest, sections).replaceAll(/^SHA-256-Digest: .*$/gm, 'SHA-256-Digest: AAAA')
    expect(verdictOf(withFile(file))?.signers).toEqual([certificate])
  })

  test('or section by section', () => {
    const wrongWhole = digestLine('sha256', 'something else', '-Digest-Manifest')
    for (const main of [versionLine, versionLine + wrongWhole]) {
      expect(verdictOf(withFile((_, sections) => bySections(main, sections)))?.signers).toEqual([certificate])
      expectRefusal(
        'JAR_DIGEST_MISMATCH',
        withFile((_, sections) => bySections(main, sections, 'sha256', (section) => `${section} `)),
      )
    }
  })

  test('and its main section where there is a digest of that', () => {
    const main = (of: string) => versionLine + digestLine('sha256', of, '-Digest-Manifest-Main-Attributes')
    expect(verdictOf(withFile((_, sections) => bySections(main(mainSection), sections)))?.signers).toEqual([
      certificate,
    ])
    expectRefusal(
      'JAR_DIGEST_MISMATCH',
      withFile((_, sections) => bySections(main('other'), sections)),
    )
    // Even if the whole manifest has its digest.
    expectRefusal(
      'JAR_DIGEST_MISMATCH',
      withFile((manifest, sections) =>
        signatureFile(
          manifest,
          sections,
          'sha256',
          digestLine('sha256', 'x', '-Digest-Manifest-Main-Attributes'),
        ),
      ),
    )
  })

  test('only with a digest for each section', () => {
    expectRefusal(
      'JAR_DIGEST_MISSING',
      withFile((_, sections) =>
        bySections(versionLine, sections).replaceAll('SHA-256-Digest', 'SHA-256-Other'),
      ),
    )
  })

  test('by the rules of signtool where that made the file', () => {
    const signtool = `${versionLine}Created-By: 1.0 (signtool)\r\n`
    const whole: MakeFile = (manifest, sections) =>
      bySections(signtool + digestLine('sha256', manifest), sections, 'sha256', () => '')
    expect(verdictOf(withFile(whole))?.signers).toEqual([certificate])
    const ignoresMain = signtool + digestLine('sha256', 'x', '-Digest-Manifest-Main-Attributes')
    const manifest = (sections: readonly string[]) =>
      (mainSection + sections.join('')).replaceAll('\r\n', '\n')
    const cut = (section: string) => section.replaceAll('\r\n', '\n').slice(0, -1)
    expect(
      verdictOf(withFile((_, sections) => bySections(ignoresMain, sections, 'sha256', cut), { manifest }))
        ?.signers,
    ).toEqual([certificate])
    expect(verdictOf(withFile((_, sections) => bySections(signtool, sections)))?.signers).toEqual([
      certificate,
    ])
  })
})

describe('a signature file that is ignored, its signer with it', () => {
  const ignored: readonly (readonly [string, MakeFile])[] = [
    [
      'without a version',
      (manifest, sections) => signatureFile(manifest, sections).replace('Signature-Version', 'Version'),
    ],
    ['with a nameless section', (manifest, sections) => `${signatureFile(manifest, sections)}X: y\r\n`],
    [
      'with a repeated section',
      (manifest, sections) => `${signatureFile(manifest, sections)}Name: classes.dex\r\n\r\n`,
    ],
    [
      'with a section that the manifest lacks',
      (_, sections) => `${bySections(versionLine, sections)}Name: gone\r\n\r\n`,
    ],
    [
      'and whose digests then do not count',
      (_, sections) => `${bySections(versionLine, sections, 'sha256', () => '')}Name: gone\r\n\r\n`,
    ],
  ]

  test.each(ignored)('%s', (_, file) => {
    expectRefusal('JAR_ENTRY_NOT_SIGNED', withFile(file))
    const signers = [
      { keys: second, signatureFile: file },
      { keys, certificate },
    ]
    expect(verdictOf({ signers })?.signers).toEqual([certificate])
  })
})

test('a signature file that is empty refuses the archive', () => {
  for (const file of ['', '\r\n'])
    expectRefusal(
      'JAR_SIGNATURE_FILE_MALFORMED',
      withFile(() => file),
    )
  expectRefusal('JAR_SIGNATURE_FILE_MALFORMED', {
    signers: [
      { keys, certificate },
      { keys: second, signatureFile: () => '' },
    ],
  })
})

test.each(['!', 'A', 'AA=', 'AAA==', 'AA==A', ' AAAA', 'AAAA '])('a digest %j is not base64', (digest) => {
  expectRefusal(
    'JAR_SIGNATURE_FILE_MALFORMED',
    withFile(() => `${versionLine}SHA-256-Digest-Manifest: ${digest}\r\n`),
  )
})

describe('declared schemes', () => {
  const declares = (value: string) =>
    withFile((manifest, sections) =>
      signatureFile(manifest, sections, 'sha256', `X-Android-APK-Signed: ${value}\r\n`),
    )

  test.each([
    ['2', [2]],
    ['3, 2,2 ,', [2, 3]],
    ['x,+3,2.5,0x2,99999999999', [3]],
    ['', []],
  ])('%j', (value, schemes) => {
    expect(verdictOf(declares(value))?.declaredSchemes).toEqual(schemes)
  })

  test('those of an ignored signer count too', () => {
    const file: MakeFile = (manifest, sections) =>
      `${signatureFile(manifest, sections, 'sha256', 'X-Android-APK-Signed: 2\r\n')}X: y\r\n`
    expect(
      verdictOf({
        signers: [
          { keys, certificate },
          { keys: second, signatureFile: file },
        ],
      })?.declaredSchemes,
    ).toEqual([2])
  })
})

describe('which digest counts', () => {
  const wrong = (attribute: string) => (sections: readonly string[]) =>
    mainSection +
    sections
      .map((section) => section.replace(new RegExp(`^${attribute}: .*$`, 'm'), `${attribute}: AAAA`))
      .join('')
  const signer = { keys, certificate }
  const all = ['sha1', 'sha256', 'sha384', 'sha512']

  test('from API level 18 on the strongest', () => {
    for (const weaker of ['SHA1-Digest', 'SHA-256-Digest', 'SHA-384-Digest']) {
      expect(verdictOf({ signers: [signer], manifestDigests: all, manifest: wrong(weaker) })).toBeDefined()
    }
    expectRefusal('JAR_DIGEST_MISMATCH', {
      signers: [signer],
      manifestDigests: all,
      manifest: wrong('SHA-512-Digest'),
    })
  })

  // Platforms before API level 18 know RSA and DSA only.
  const rsa = storedKeyPair('RSA-1024')
  const old = { keys: rsa, hash: 'sha1' }
  const before18 = { minSdk: 9, maxSdk: 17 }
  const both = { minSdk: 9 }

  test('before that SHA-1, unless Digest-Algorithms says otherwise', () => {
    const template = {
      signers: [{ ...old, signatureFile: (m: Buffer, s: readonly string[]) => signatureFile(m, s, 'sha1') }],
    }
    expect(
      verdictOf(
        { ...template, manifestDigests: ['sha1', 'sha256'], manifest: wrong('SHA-256-Digest') },
        before18,
      ),
    ).toBeDefined()
    expectRefusal(
      'JAR_DIGEST_MISMATCH',
      { ...template, manifestDigests: ['sha1', 'sha256'], manifest: wrong('SHA1-Digest') },
      before18,
    )
    expectRefusal('JAR_DIGEST_MISSING', { ...template, manifestDigests: ['sha256'] }, before18)
    const named = (list: string) => (sections: readonly string[]) =>
      mainSection +
      sections.map((section) => section.replace('\r\n', `\r\nDigest-Algorithms: ${list}\r\n`)).join('')
    expect(
      verdictOf(
        { ...template, manifestDigests: ['sha256'], manifest: named('FOO  SHA-512 SHA-256') },
        before18,
      ),
    ).toBeDefined()
    // Each name once: a list of a hundred thousand costs no more than its reading.
    expect(
      verdictOf(
        {
          ...template,
          manifestDigests: ['sha256'],
          manifest: named(`${'SHA-512 FOO '.repeat(50_000)}SHA-256`),
        },
        before18,
      ),
    ).toBeDefined()
    expect(
      verdictOf({ ...template, manifestDigests: ['md5'], manifest: named('MD5') }, before18),
    ).toBeDefined()
    expect(
      verdictOf({ ...template, manifestDigests: ['sha512'], manifest: named('SHA-512') }, before18),
    ).toBeDefined()
    expectRefusal(
      'JAR_DIGEST_MISSING',
      { ...template, manifestDigests: ['sha512'], manifest: named('SHA-512') },
      { minSdk: 8, maxSdk: 17 },
    )
  })

  test('in a range over both, both', () => {
    const template = {
      signers: [{ ...old, signatureFile: (m: Buffer, s: readonly string[]) => signatureFile(m, s, 'sha1') }],
      manifestDigests: ['sha1', 'sha256'],
    }
    expect(verdictOf(template, both)).toBeDefined()
    expectRefusal('JAR_DIGEST_MISMATCH', { ...template, manifest: wrong('SHA1-Digest') }, both)
    expectRefusal('JAR_DIGEST_MISMATCH', { ...template, manifest: wrong('SHA-256-Digest') }, both)
  })
})
