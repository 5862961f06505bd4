import { describe, expect, it } from 'vitest'
import { readBuild } from '../../src/index.ts'
import { usualManifest } from '../apk/write-apk.ts'
import { codeOf, expectRefusal, fileOf } from '../expect-refusal.ts'
import { writeZip } from '../zip/write-zip.ts'
import { aabBytes, aabEntries, aabFile, baseFiles, type Modules } from './write-splits.ts'

const read = (modules?: Modules) => readBuild(aabFile(modules), { format: 'aab' })
const feature = { attributes: { split: 'feature' }, files: { 'dex/classes.dex': 'dex of the feature' } }

describe('readBuild of an app bundle', () => {
  it('returns identity, segments by module, ABIs, and no signer', async () => {
    const report = await read()
    expect(report).toMatchObject({
      format: 'aab',
      package: 'com.example.app',
      versionName: '1.2',
      versionCode: 7,
      minSdk: 24,
      targetSdk: 35,
      debuggable: false,
      signers: [],
      schemes: [],
      framework: 'native',
      splits: { modules: ['base'], omitted: [], abis: ['arm64-v8a', 'armeabi-v7a'] },
      warnings: ['signer_unknown'],
    })
    expect(report.segments.map(({ name, kind }) => [name, kind])).toEqual([
      ['base/assets/index.html', 'script'],
      ['base/classes.dex', 'dex'],
      ['base/lib/arm64-v8a/libapp.so', 'native'],
      ['base/lib/armeabi-v7a/libapp.so', 'native'],
    ])
  })

  it('measures separate features that are installed with the app, and reports optional ones', async () => {
    const measured = await read({ feature: { ...feature, delivery: 'removable' } })
    expect(measured.splits?.modules).toEqual(['base', 'feature'])
    expect(measured.segments.map(({ name }) => name)).toContain('feature/classes.dex')
    for (const delivery of ['on-demand', 'old-on-demand', 'conditional'] as const) {
      const report = await read({ feature: { ...feature, delivery } })
      expect(report.splits).toMatchObject({ modules: ['base'], omitted: ['feature'] })
      expect(report.segments.map(({ name }) => name)).not.toContain('feature/classes.dex')
      expect(report.warnings).toContain('modules_not_measured')
    }
  })

  it('leaves asset packs aside, which are no part of an APK', async () => {
    const report = await read({ pack: { delivery: 'asset-pack', files: { 'assets/level.js': '1' } } })
    expect(report.splits?.modules).toEqual(['base'])
    expect(report.warnings).toEqual(['signer_unknown'])
  })

  it('takes files of `root/` for files at the top', async () => {
    const files = { ...baseFiles, 'root/assemblies/App.dll': 'code' }
    expect((await read({ base: { files } })).segments.map(({ name }) => name)).toContain(
      'base/assemblies/App.dll',
    )
  })

  it('says of a debuggable and a test-only bundle that it is one', async () => {
    const manifest = { ...usualManifest, debuggable: true, testOnly: true }
    const report = await read({ base: { files: baseFiles, manifest } })
    expect(report).toMatchObject({ debuggable: true, testOnly: true })
    expect(report.warnings).toEqual(['signer_unknown', 'debuggable', 'test_only'])
  })

  it('refuses a file without base module, and folders that are no modules', async () => {
    const apk = fileOf(writeZip([{ name: 'AndroidManifest.xml', content: 'x' }, { name: 'classes.dex' }]))
    await expectRefusal('AAB_LAYOUT', () => readBuild(apk, { format: 'aab' }))
    const odd = fileOf(writeZip([...aabEntries(), { name: '1odd/dex/classes.dex', content: 'x' }]))
    await expectRefusal('AAB_LAYOUT', () => readBuild(odd, { format: 'aab' }))
    await expectRefusal('AAB_LAYOUT', () =>
      read({ base: { files: { 'dex/classes.dex': '1', 'root/classes.dex': '2' } } }),
    )
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`m${i}`, feature]))
    await expectRefusal('AAB_LAYOUT', () => read(many))
  })

  it('refuses a module without a manifest, and one with an invalid manifest', async () => {
    const without = aabEntries().filter(({ name }) => name !== 'base/manifest/AndroidManifest.xml')
    await expectRefusal('MANIFEST_MISSING', () => readBuild(fileOf(writeZip(without)), { format: 'aab' }))
    const broken = [...without, { name: 'base/manifest/AndroidManifest.xml', content: '<manifest/>' }]
    await expectRefusal('MANIFEST_MALFORMED', () => readBuild(fileOf(writeZip(broken)), { format: 'aab' }))
  })

  it('refuses modules of different apps or versions', async () => {
    const other = { ...feature, delivery: 'removable', attributes: { package: 'com.other' } } as const
    await expectRefusal('AAB_MODULES_DISAGREE', () => read({ feature: other }))
    const older = {
      ...feature,
      delivery: 'removable',
      manifest: { ...usualManifest, versionCode: 6 },
    } as const
    await expectRefusal('AAB_MODULES_DISAGREE', () => read({ feature: older }))
    const silent = { ...feature, delivery: 'removable', manifest: {} } as const
    expect((await read({ feature: silent })).splits?.modules).toHaveLength(2)
  })

  it('refuses a feature that is packed into the base, where its code has other names', async () => {
    await expectRefusal('AAB_MODULE_FUSED', () => read({ feature }))
    await expectRefusal('AAB_MODULE_FUSED', () => read({ feature: { ...feature, delivery: 'install-time' } }))
  })

  it('refuses a bundle that ends anywhere before its end, and one that holds a file twice', async () => {
    const whole = aabBytes()
    for (let length = 0; length < whole.length; length += 31) {
      const cut = fileOf(whole.subarray(0, length))
      expect(await codeOf(() => readBuild(cut, { format: 'aab' })), `${length} bytes`).toMatch(/^ZIP_/)
    }
    const twice = fileOf(writeZip([...aabEntries(), { name: 'base/dex/classes.dex', content: 'other' }]))
    await expectRefusal('ZIP_DUPLICATE_ENTRY', () => readBuild(twice, { format: 'aab' }))
    const corrupt = fileOf(writeZip([...aabEntries(), { name: 'base/dex/classes2.dex', crc: 1 }]))
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => readBuild(corrupt, { format: 'aab' }))
  })

  it('refuses code in a folder of which devices get different ones', async () => {
    const files = { ...baseFiles, 'assets/www#lang_en/app.js': '1' }
    await expectRefusal('AAB_TARGETED_CODE', () => read({ base: { files } }))
    const pictures = { ...baseFiles, 'assets/textures#tcf_astc/sky.ktx': '1' }
    expect((await read({ base: { files: pictures } })).segments).toHaveLength(4)
  })
})
