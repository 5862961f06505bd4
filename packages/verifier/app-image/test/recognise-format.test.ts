import { beforeAll, describe, expect, it } from 'vitest'
import { recogniseFormat } from '../src/index.ts'
import { ecIdentity, type Identity } from './apk/signature/sign-apk.ts'
import { expectRefusal, fileOf } from './expect-refusal.ts'
import { aabFile, apksFile, splitApk } from './split/write-splits.ts'
import { writeZip } from './zip/write-zip.ts'

let signer: Identity
beforeAll(() => {
  signer = ecIdentity('Release')
})

const holding = (...names: string[]) => fileOf(writeZip(names.map((name) => ({ name, content: '' }))))

// `fileOf` names every file `build.zip`.
describe('recogniseFormat', () => {
  it('knows builds by what they hold', () => {
    const base = splitApk({ files: { 'classes.dex': 'dex' }, signer })
    expect(recogniseFormat(fileOf(base))).toBe('apk')
    expect(recogniseFormat(aabFile())).toBe('aab')
    expect(recogniseFormat(holding('Payload/App.app/Info.plist'))).toBe('ipa')
    expect(recogniseFormat(apksFile({ 'base.apk': base }))).toBe('apks')
    expect(recogniseFormat(apksFile({ 'device/base.apk': base }))).toBe('apks')
    expect(recogniseFormat(apksFile({ 'toc.pb': base, 'splits/base-master.apk': base }))).toBe('apks')
  })

  it('takes for an APK what Android takes for one, whatever lies beside the manifest', () => {
    expect(recogniseFormat(holding('base.apk', 'AndroidManifest.xml', 'splits/base.apk'))).toBe('apk')
  })

  it('knows nothing of other archives', () => {
    expect(recogniseFormat(holding('index.html', 'a/b/c.apk'))).toBeUndefined()
  })

  it('refuses hostile archives with the code of the container', async () => {
    await expectRefusal('ZIP_DUPLICATE_ENTRY', () => recogniseFormat(holding('base.apk', 'base.apk')))
    await expectRefusal('ZIP_ENTRY_PATH', () => recogniseFormat(holding('../base.apk')))
    await expectRefusal('ZIP_MALFORMED', () => recogniseFormat(fileOf(Buffer.from('PK'))))
  })
})
