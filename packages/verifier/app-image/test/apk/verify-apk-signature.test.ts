import { beforeAll, describe, expect, it } from 'vitest'
import { writeAxml } from '@assay/testkit/axml'
import { readBuild, verifyApkSignature } from '../../src/index.ts'
import { expectRefusal, fileOf } from '../expect-refusal.ts'
import { writeZip } from '../zip/write-zip.ts'
import { mainSection, signatureFile, signJar } from './jar-signature/sign-jar.ts'
import { ecIdentity, rsaIdentity, signApk } from './signature/sign-apk.ts'
import type { Identity, SigningTemplate } from './signature/sign-apk.ts'
import { manifestOf, usualManifest, writeApk } from './write-apk.ts'
import type { ManifestTemplate } from './write-apk.ts'

let signer: Identity
let other: Identity
beforeAll(() => {
  signer = rsaIdentity()
  other = ecIdentity('Other')
})

const oldManifest: ManifestTemplate = { versionCode: 7, minSdkVersion: 21, targetSdkVersion: 29 }

interface JarOptions {
  manifest?: ManifestTemplate
  /** Value of `X-Android-APK-Signed`. */
  declares?: string
  content?: Buffer
  /** Changes the entries after signing. */
  afterwards?: Record<string, string>
}

/** An APK with a JAR signature, and if asked for with newer ones. */
function jarSigned(options: JarOptions = {}, newer?: SigningTemplate): string {
  const contents = {
    'AndroidManifest.xml': writeAxml(manifestOf(options.manifest ?? oldManifest)),
    'classes.dex': options.content ?? Buffer.from('dex'),
  }
  const extra = options.declares === undefined ? '' : `X-Android-APK-Signed: ${options.declares}\r\n`
  const files = signJar({
    contents,
    manifest: (sections) => mainSection + sections.join(''),
    signers: [
      {
        keys: signer.keys,
        certificate: signer.certificate,
        signatureFile: (manifest, sections) => signatureFile(manifest, sections, 'sha256', extra),
      },
    ],
    ...(options.afterwards ? { files: options.afterwards } : {}),
  })
  const archive = writeZip([...files].map(([name, content]) => ({ name, content })))
  return fileOf(newer ? signApk(archive, newer) : archive)
}

describe('JAR signatures', () => {
  it('count where no newer scheme is there', async () => {
    expect(await verifyApkSignature(jarSigned(), { minSdk: 24 })).toEqual({
      packageName: 'com.example.app',
      versionCode: 7,
      signerSha256: [signer.sha256],
      schemes: ['v1'],
    })
  })

  it('are not looked at where every device knows a newer scheme', async () => {
    const file = jarSigned({ afterwards: { 'classes.dex': 'changed' } }, { v2: [{ identity: signer }] })
    expect((await verifyApkSignature(file, { minSdk: 24 })).schemes).toEqual(['v2'])
    await expectRefusal('JAR_DIGEST_MISMATCH', () => verifyApkSignature(file, { minSdk: 23 }))
    await expectRefusal('JAR_DIGEST_MISMATCH', () => verifyApkSignature(file))
  })

  it('are verified in addition to the newer schemes, for older devices', async () => {
    const file = jarSigned({ declares: '2, 3' }, { v2: [{ identity: signer }], v3: [{ identity: signer }] })
    expect((await verifyApkSignature(file)).schemes).toEqual(['v1', 'v2', 'v3'])
  })

  it('are needed by older devices, but not for registration', async () => {
    const file = fileOf(signApk(writeApk(undefined, oldManifest), { v2: [{ identity: signer }] }))
    await expectRefusal('APK_NOT_SIGNED', () => verifyApkSignature(file))
    await expectRefusal('APK_NOT_SIGNED', () => verifyApkSignature(file, { minSdk: 18 }))
    expect((await readBuild(file)).schemes).toEqual(['v2'])
  })

  it('refuse if a newer signature that they name is gone', async () => {
    await expectRefusal('APK_SCHEME_STRIPPED', () => verifyApkSignature(jarSigned({ declares: '2' })))
    await expectRefusal('APK_SCHEME_STRIPPED', () => verifyApkSignature(jarSigned({ declares: '3' })))
    const only2 = jarSigned({ declares: '2, 3' }, { v2: [{ identity: signer }] })
    await expectRefusal('APK_SCHEME_STRIPPED', () => verifyApkSignature(only2))
    expect((await verifyApkSignature(jarSigned({ declares: '77' }))).schemes).toEqual(['v1'])
  })

  it('leave out META-INF, and no name that only looks like it', async () => {
    const file = jarSigned({ afterwards: { 'META-INF/added.dex': 'dex' } })
    expect((await verifyApkSignature(file)).schemes).toEqual(['v1'])
    for (const name of ['\ufeffMETA-INF/added.dex', 'META-INF\u200b/added.dex', 'meta-inf/added.dex']) {
      const added = jarSigned({ afterwards: { [name]: 'dex' } })
      await expectRefusal('JAR_ENTRY_NOT_SIGNED', () => verifyApkSignature(added))
    }
  })

  it('must be made by the signer of scheme v2 and v3', async () => {
    const v2 = jarSigned({}, { v2: [{ identity: other }] })
    await expectRefusal('APK_CERTIFICATE', () => verifyApkSignature(v2))
    const v3 = jarSigned({}, { v3: [{ identity: other }] })
    await expectRefusal('APK_CERTIFICATE', () => verifyApkSignature(v3))
  })

  it('are verified over large entries without holding them', async () => {
    const content = Buffer.alloc(9 * 1024 * 1024, 'large entry')
    expect((await verifyApkSignature(jarSigned({ content }))).schemes).toEqual(['v1'])
    const changed = jarSigned({
      content,
      afterwards: { 'classes.dex': content.toString().replace('l', 'L') },
    })
    await expectRefusal('JAR_DIGEST_MISMATCH', () => verifyApkSignature(changed))
  })

  it('do not suffice for newer targets', async () => {
    for (const manifest of [
      { ...oldManifest, targetSdkVersion: 30 },
      { ...oldManifest, targetSandboxVersion: 2 },
      { versionCode: 7, minSdkVersion: 30 },
    ]) {
      await expectRefusal('APK_SCHEME_TOO_OLD', () =>
        verifyApkSignature(jarSigned({ manifest }), { minSdk: 24 }),
      )
      const signed = jarSigned({ manifest }, { v2: [{ identity: signer }] })
      expect((await verifyApkSignature(signed, { minSdk: 24 })).schemes).toEqual(['v2'])
    }
  })
})

describe('verifyApkSignature', () => {
  it('refuses an APK without any signature', async () => {
    const unsigned = fileOf(writeApk(undefined, oldManifest))
    await expectRefusal('APK_NOT_SIGNED', () => verifyApkSignature(unsigned, { minSdk: 24 }))
    await expectRefusal('APK_NOT_SIGNED', () => readBuild(unsigned))
  })

  it('refuses an archive without a manifest, signed or not', async () => {
    const archive = writeZip([{ name: 'classes.dex' }])
    await expectRefusal('MANIFEST_MISSING', () => verifyApkSignature(fileOf(archive), { minSdk: 24 }))
    const signed = signApk(archive, { v2: [{ identity: signer }] })
    await expectRefusal('MANIFEST_MISSING', () => verifyApkSignature(fileOf(signed), { minSdk: 24 }))
  })

  it('accepts entries of odd compression methods, which devices read as deflated, but not for registration', async () => {
    const archive = writeApk([{ name: 'classes.dex', method: 21 }], usualManifest)
    const file = fileOf(signApk(archive, { v2: [{ identity: signer }] }))
    expect((await verifyApkSignature(file)).schemes).toEqual(['v2'])
    await expectRefusal('ZIP_METHOD', () => readBuild(file))
  })

  it('passes file system errors through', async () => {
    await expect(verifyApkSignature('does-not-exist.apk')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
