import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { readBuild } from '../../src/index.ts'
import { ecIdentity, type Identity } from '../apk/signature/sign-apk.ts'
import { usualManifest, writeApk } from '../apk/write-apk.ts'
import { codeOf, expectRefusal, fileOf } from '../expect-refusal.ts'
import { writeZip } from '../zip/write-zip.ts'
import { apksFile, splitApk, type ApkTemplate } from './write-splits.ts'

let signer: Identity
let stranger: Identity
beforeAll(() => {
  signer = ecIdentity('Release')
  stranger = ecIdentity('Stranger')
})

type Template = Omit<ApkTemplate, 'signer'> & { signer?: Identity }
const apk = (template: Template = {}) => splitApk({ signer, ...template })
const base = (template: Template = {}) =>
  apk({ files: { 'classes.dex': 'dex', 'resources.arsc': 'table' }, ...template })
const native = (abi: string, of = '', template: Template = {}) =>
  apk({
    files: { [`lib/${abi}/libapp.so`]: `for ${abi}` },
    attributes: { split: of === '' ? `config.${abi}` : `${of}.config.${abi}`, configForSplit: of },
    ...template,
  })
const feature = (template: Template = {}) =>
  apk({ files: { 'classes.dex': 'dex of the feature' }, attributes: { split: 'feature' }, ...template })
const read = (apks: Readonly<Record<string, Buffer>>, method?: number) =>
  readBuild(apksFile(apks, method), { format: 'apks' })

describe('readBuild of split APKs', () => {
  it('returns one build: identity and signer of all, segments by module, ABIs', async () => {
    const report = await read({
      'toc.pb': Buffer.from('contents'),
      'splits/base-master.apk': base(),
      'splits/base-arm64_v8a.apk': native('arm64-v8a'),
      'splits/base-armeabi_v7a.apk': native('armeabi-v7a'),
      'splits/feature-master.apk': feature(),
      'splits/feature-arm64_v8a.apk': native('arm64-v8a', 'feature'),
      'splits/base-en.apk': apk({ attributes: { split: 'config.en', configForSplit: '' } }),
      'standalones/standalone-arm64_v8a.apk': Buffer.from('for old devices'),
      'universal.apk': Buffer.from('not looked at'),
    })
    expect(report).toMatchObject({
      format: 'apks',
      package: 'com.example.app',
      versionCode: 7,
      signers: [signer.sha256],
      schemes: ['v2'],
      splits: { modules: ['base', 'feature'], omitted: [], abis: ['arm64-v8a', 'armeabi-v7a'] },
      warnings: [],
    })
    expect(report.segments.map(({ name }) => name)).toEqual([
      'base/classes.dex',
      'base/lib/arm64-v8a/libapp.so',
      'base/lib/armeabi-v7a/libapp.so',
      'feature/classes.dex',
      'feature/lib/arm64-v8a/libapp.so',
    ])
  })

  it('takes the APKs of a device too, packed at the top, stored or compressed', async () => {
    const apks = { 'base.apk': base(), 'split_config.arm64_v8a.apk': native('arm64-v8a') }
    const stored = await read(apks)
    expect(stored.segments).toHaveLength(2)
    expect(await read(apks, 8)).toEqual(stored)
  })

  it('takes them in one folder too, beside what Finder adds', async () => {
    const apks = { 'device/base.apk': base(), 'device/split_config.arm64_v8a.apk': native('arm64-v8a') }
    const packed = await read({ ...apks, '__MACOSX/device/._base.apk': Buffer.from('of Finder') })
    expect(packed.segments).toHaveLength(2)
    await expectRefusal('SPLITS_LAYOUT', () => read({ ...apks, 'other/base.apk': base() }))
    await expectRefusal('SPLITS_LAYOUT', () => read({ 'device/deeper/base.apk': base() }))
  })

  it('returns the same segments as the bundle of the splits', async () => {
    const names = (await read({ 'base.apk': base() })).segments.map(({ name, sha256 }) => [name, sha256])
    expect(names).toEqual([['base/classes.dex', expect.any(String)]])
  })

  it('leaves out a feature that a device need not have, with all its splits', async () => {
    const report = await read({
      'base.apk': base(),
      'f.apk': feature({ delivery: 'on-demand' }),
      'g.apk': native('arm64-v8a', 'feature'),
    })
    expect(report.splits?.modules).toEqual(['base'])
    expect(report.segments.map(({ name }) => name)).toEqual(['base/classes.dex'])
    expect(report.warnings).toEqual(['modules_not_measured'])
  })

  it('warns of a hooking tool by its name, in a module that is not measured too', async () => {
    const files = { 'lib/arm64-v8a/libsubstrate.so': 'elf' }
    const onDemand = feature({ files, delivery: 'on-demand' })
    const { warnings } = await read({ 'base.apk': base({}), 'f.apk': onDemand })
    expect(warnings).toEqual(['modules_not_measured', 'named_like_a_tool'])
  })

  it('warns of more than 16 MB of compressed code in the measured modules, each variant once', async () => {
    const files = { 'classes.dex': 'dex'.repeat(3_000_000), 'resources.arsc': 'table' }
    const large = feature({ files })
    const apks = { 'base.apk': base({ files }), 'base_2.apk': base({ files }) }
    expect((await read(apks)).warnings).toEqual([])
    expect((await read({ ...apks, 'f.apk': large })).warnings).toEqual(['code_compressed'])
    const onDemand = feature({ files, delivery: 'on-demand' })
    expect((await read({ ...apks, 'f.apk': onDemand })).warnings).toEqual(['modules_not_measured'])
  })

  it('accepts variants of one split with the same code, and refuses variants that differ', async () => {
    const apks = { 'splits/base-master.apk': base(), 'splits/base-master_2.apk': base() }
    expect((await read(apks)).segments).toHaveLength(1)
    const other = base({ files: { 'classes.dex': 'other dex' } })
    await expectRefusal('SPLITS_CODE_DIFFERS', () => read({ ...apks, 'splits/base-master_2.apk': other }))
  })

  it('takes several copies of one APK as one, and compares all others by their bytes alone', async () => {
    // Their CRCs, lengths and names are the same.
    const [one, other] = ['plumless', 'buckeroo'].map((dex) =>
      base({ files: { 'classes.dex': dex, 'resources.arsc': 'table' } }),
    ) as [Buffer, Buffer]
    const native64 = native('arm64-v8a')
    const copies = { 'a.apk': one, 'b.apk': one, 'c.apk': one, 'd.apk': native64, 'e.apk': native64 }
    for (const method of [0, 8]) {
      expect((await read(copies, method)).segments).toHaveLength(2)
      await expectRefusal('SPLITS_CODE_DIFFERS', () => read({ ...copies, 'f.apk': other }, method))
    }
  })

  it('refuses two bases of which one holds more code', async () => {
    const more = base({ files: { 'classes.dex': 'dex', 'classes2.dex': 'more', 'resources.arsc': 'table' } })
    await expectRefusal('SPLITS_CODE_DIFFERS', () => read({ 'a.apk': base(), 'b.apk': more }))
    await expectRefusal('SPLITS_CODE_DIFFERS', () => read({ 'a.apk': more, 'b.apk': base() }))
    const arm = native('arm64-v8a')
    const none = native('arm64-v8a', '', { files: {} })
    await expectRefusal('SPLITS_CODE_DIFFERS', () =>
      read({ 'base.apk': base(), 'c.apk': arm, 'd.apk': none }),
    )
    const other = base({ files: { 'classes.dex': 'dex', 'resources.arsc': 'other table' } })
    expect((await read({ 'a.apk': base(), 'b.apk': other })).segments).toHaveLength(1)
  })

  it('refuses more APKs than a set has, and compressed ones that are too large together', async () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}.apk`, Buffer.from('apk')]))
    await expectRefusal('SPLITS_LAYOUT', () => read(many))
    const large = (name: string) => ({ name, content: 'a', length: 129 * 1024 * 1024 })
    const bomb = fileOf(writeZip([large('base.apk'), large('split.apk')]))
    await expectRefusal('ZIP_BOMB', () => readBuild(bomb, { format: 'apks' }))
  })

  it('refuses a set that ends anywhere before its end', async () => {
    const whole = readFileSync(apksFile({ 'base.apk': base(), 'f.apk': feature() }))
    for (let length = 0; length < whole.length; length += 61) {
      const cut = fileOf(whole.subarray(0, length))
      const code = await codeOf(() => readBuild(cut, { format: 'apks' }))
      expect(code, `${length} bytes`).toMatch(/^ZIP_/)
    }
  })

  it('refuses a file without APKs, and a set without base', async () => {
    await expectRefusal('SPLITS_LAYOUT', () => read({ 'readme.txt': Buffer.from('nothing') }))
    await expectRefusal('SPLITS_LAYOUT', () => read({ 'f.apk': feature() }))
    await expectRefusal('SPLITS_LAYOUT', () =>
      read({ 'base.apk': base(), 'f.apk': feature({ attributes: { split: '../up' } }) }),
    )
    await expectRefusal('SPLITS_LAYOUT', () =>
      read({ 'base.apk': base(), 'f.apk': feature({ attributes: { split: 'base' } }) }),
    )
  })

  it('refuses splits of another signer, app or version', async () => {
    const apks = { 'base.apk': base(), 'f.apk': feature() }
    expect((await read(apks)).segments).toHaveLength(2)
    await expectRefusal('SPLITS_DISAGREE', () => read({ ...apks, 'f.apk': feature({ signer: stranger }) }))
    const renamed = feature({ attributes: { split: 'feature', package: 'com.other' } })
    await expectRefusal('SPLITS_DISAGREE', () => read({ ...apks, 'f.apk': renamed }))
    const newer = feature({ manifest: { ...usualManifest, versionCode: 8 } })
    await expectRefusal('SPLITS_DISAGREE', () => read({ ...apks, 'f.apk': newer }))
    const twoApps = { 'a.apk': base(), 'b.apk': base({ signer: stranger }) }
    await expectRefusal('SPLITS_DISAGREE', () => read(twoApps))
  })

  it('refuses a split that is not signed, damaged, or cut off', async () => {
    const damaged = Buffer.from(feature())
    damaged[40] = (damaged[40] as number) ^ 1
    await expectRefusal('ZIP_HEADER_MISMATCH', () => read({ 'base.apk': base(), 'f.apk': damaged }))
    const short = feature().subarray(0, 200)
    await expectRefusal('ZIP_TRUNCATED', () => read({ 'base.apk': base(), 'f.apk': short }))
    const patched = base({ files: { 'classes.dex': 'dex' } })
    const at = patched.indexOf('classes.dex') + 'classes.dex'.length
    patched[at] = (patched[at] as number) ^ 1
    await expectRefusal('APK_DIGEST_MISMATCH', () => read({ 'base.apk': patched }))
    const unsigned = writeApk([{ name: 'classes.dex', content: 'dex' }])
    await expectRefusal('APK_SCHEME_TOO_OLD', () => read({ 'base.apk': base(), 'f.apk': unsigned }))
  })

  it('says of a split that is debuggable that the build is', async () => {
    const debuggable = feature({ manifest: { ...usualManifest, debuggable: true } })
    expect((await read({ 'base.apk': base(), 'f.apk': debuggable })).debuggable).toBe(true)
  })

  it('refuses a compressed APK whose checksum is wrong', async () => {
    const file = fileOf(writeZip([{ name: 'base.apk', content: base(), crc: 1 }]))
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => readBuild(file, { format: 'apks' }))
  })
})
