import { describe, expect, it } from 'vitest'
import { writeAxml, type AttributeTemplate, type ElementTemplate } from '@assay/testkit/axml'
import { readBuild } from '../../src/index.ts'
import { expectRefusal, fileOf } from '../expect-refusal.ts'
import { apksFile, splitApk } from '../split/write-splits.ts'
import { writeZip } from '../zip/write-zip.ts'
import { ecIdentity, signApk } from './signature/sign-apk.ts'
import { manifestOf, usualManifest } from './write-apk.ts'

const ids = { name: 0x01010003, value: 0x01010024, isSplitRequired: 0x01010591 } as const
const signer = ecIdentity('Release')

interface Extra {
  root?: AttributeTemplate[]
  application?: AttributeTemplate[]
  metaData?: AttributeTemplate[]
}

/** A signed APK whose manifest states more than that of a whole app. */
function apkWith({ root = [], application = [], metaData }: Extra): Buffer {
  const manifest = manifestOf(usualManifest)
  const children = (manifest.children ?? []).map((child): ElementTemplate => {
    if (child.name !== 'application') return child
    const data = metaData === undefined ? [] : [{ name: 'meta-data', attributes: metaData }]
    return { ...child, attributes: [...(child.attributes ?? []), ...application], children: data }
  })
  const content = writeAxml({ ...manifest, attributes: [...(manifest.attributes ?? []), ...root], children })
  const files = [
    { name: 'AndroidManifest.xml', content },
    { name: 'classes.dex', content: 'dex' },
  ]
  return signApk(writeZip(files), { v2: [{ identity: signer }] })
}

const read = (apk: Buffer) => readBuild(fileOf(apk))
const required = { name: 'isSplitRequired', id: ids.isSplitRequired }
const metaData = (name: string, value: AttributeTemplate['value']): AttributeTemplate[] => [
  { name: 'name', id: ids.name, value: name },
  { name: 'value', id: ids.value, value },
]
const play = 'com.android.vending.splits.required'

describe('readBuild of one APK of several', () => {
  it.each<[string, Extra]>([
    ['a split', { root: [{ name: 'split', value: 'config.arm64_v8a' }] }],
    ['a feature', { root: [{ name: 'split', value: 'checkout' }] }],
    ['a split without a name', { root: [{ name: 'split', value: '' }] }],
    ['a configuration that states no split', { root: [{ name: 'configForSplit', value: '' }] }],
    ['a base that needs splits', { root: [{ ...required, value: true }] }],
    ['a base that says so of its application', { application: [{ ...required, value: true }] }],
    ['a base as bundletool marks it', { metaData: metaData(play, true) }],
    ['the same in words', { metaData: metaData(play, 'true') }],
  ])('refuses %s', async (_what, extra) => {
    await expectRefusal('APK_IS_SPLIT', () => read(apkWith(extra)))
  })

  it.each<[string, Extra]>([
    ['an APK that needs none', { root: [{ ...required, value: false }], metaData: metaData(play, false) }],
    ['an APK with other meta-data', { metaData: metaData('com.example.splits', true) }],
  ])('reads %s', async (_what, extra) => {
    expect(await read(apkWith(extra))).toMatchObject({ format: 'apk', versionCode: 7 })
  })

  it('refuses a split that names itself twice, of which readers would take one or the other', async () => {
    const twice = [
      { name: 'split', value: 'config.en' },
      { name: 'split', value: '' },
    ]
    await expectRefusal('MANIFEST_MALFORMED', () => read(apkWith({ root: twice })))
  })

  it('reads such a base in a set with its splits', async () => {
    const library = splitApk({
      signer,
      files: { 'lib/arm64-v8a/libapp.so': 'library' },
      attributes: { split: 'config.arm64_v8a', configForSplit: '' },
    })
    const set = { 'base.apk': apkWith({ root: [{ ...required, value: true }] }), 'config.apk': library }
    const { segments } = await readBuild(apksFile(set), { format: 'apks' })
    expect(segments.map(({ name }) => name)).toEqual(['base/classes.dex', 'base/lib/arm64-v8a/libapp.so'])
  })
})
