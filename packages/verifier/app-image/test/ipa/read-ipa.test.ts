import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readBuild, type SegmentHead } from '../../src/index.ts'
import { expectRefusal } from '../expect-refusal.ts'
import { arm, arm64, writeFat, writeMachO } from '../mach-o/write-mach-o.ts'
import { segmentBody } from '../mach-o/write-text.ts'
import { appEntries, bundle, infoWith, ipaFile, ipaWith, profileOf, type Files } from './write-ipa.ts'

const hermes = Buffer.from('c61fbc03c103191f63000000', 'hex')
const machO = writeMachO({ signature: null })
const textCommand: [number, Buffer] = [
  0x19,
  segmentBody({
    sections: [
      { name: '__text', offset: 512, length: 100 },
      { name: '__cstring', offset: 612, length: 32 },
    ],
  }),
]
const withText = writeMachO({ signature: null, commands: [textCommand] })
const read = (files: Files = {}) => readBuild(ipaWith(files), { format: 'ipa' })

describe('readBuild of an IPA', () => {
  it('returns identity and scripts, and no signature if there is none', async () => {
    const report = await read({ 'embedded.mobileprovision': profileOf({ Entitlements: {} }) })
    expect(report).toEqual({
      format: 'ipa',
      package: 'com.example.app',
      versionName: '1.2',
      versionCode: 57,
      minSdk: null,
      targetSdk: null,
      debuggable: false,
      testOnly: false,
      signers: [],
      schemes: [],
      codeSignature: [],
      sealed: false,
      framework: 'react-native',
      splits: null,
      segments: [
        {
          name: 'main.jsbundle',
          kind: 'script',
          length: bundle.length,
          sha256: expect.any(String) as string,
        },
      ],
      imageDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      warnings: [],
    })
  })

  it('names segments by their path in the folder of the app, whatever that is called', async () => {
    const here = await readBuild(ipaFile(appEntries({}, 'Payload/Here & there.app/')), { format: 'ipa' })
    expect(here).toEqual(await read())
  })

  it('takes scripts in, of whatever engine, and leaves out what the store changes and other programs', async () => {
    const { segments } = await read({
      'main.jsbundle': hermes,
      'public/index.html': '<script>1</script>',
      'public/assets/app.js': '1',
      'Kit.bundle/worker.js': '2',
      'Frameworks/Kit.framework/Kit': '\xcf\xfa\xed\xfe',
      'Frameworks/Kit.framework/inject.js': '3',
      'Frameworks/libswiftCore.dylib': '\xcf\xfa\xed\xfe',
      'PlugIns/Widget.appex/main.jsbundle': '4',
      'Watch/Watch.app/main.jsbundle': '5',
      '_CodeSignature/CodeResources': '<plist/>',
      'Assets.car': 'BOMStore',
    })
    expect(segments.map(({ name, kind }) => [name, kind])).toEqual([
      ['Frameworks/Kit.framework/inject.js', 'script'],
      ['Kit.bundle/worker.js', 'script'],
      ['main.jsbundle', 'hermes'],
      ['public/assets/app.js', 'script'],
      ['public/index.html', 'script'],
    ])
  })

  it('hands segments to writers under the same names', async () => {
    const heads: SegmentHead[] = []
    const chunks: Buffer[] = []
    await readBuild(ipaWith(), {
      format: 'ipa',
      keep: (head) => {
        heads.push(head)
        return { write: (chunk) => void chunks.push(Buffer.from(chunk)), end() {} }
      },
    })
    expect(heads).toEqual([{ name: 'main.jsbundle', kind: 'script', length: bundle.length }])
    expect(Buffer.concat(chunks).toString()).toBe(bundle)
  })

  it('is debuggable if its provisioning profile lets a debugger attach', async () => {
    const entitlements = { 'get-task-allow': true, 'application-identifier': 'ABCDE12345.com.example.app' }
    const profile = profileOf({ Entitlements: entitlements, ExpirationDate: new Date(0), Version: 1 })
    expect(await read({ 'embedded.mobileprovision': profile })).toMatchObject({
      debuggable: true,
      warnings: ['debuggable'],
    })
  })

  it('is debuggable if it is built for the simulator, and says so', async () => {
    const simulator = infoWith({ CFBundleSupportedPlatforms: ['iPhoneSimulator'] })
    expect(await read({ 'Info.plist': simulator })).toMatchObject({
      debuggable: true,
      warnings: ['debuggable', 'built_for_simulator'],
    })
  })

  it.each<[string, Files]>([
    ['react-native-hermes', { 'main.jsbundle': hermes }],
    ['react-native', {}],
    ['flutter', { 'main.jsbundle': undefined, 'Frameworks/Flutter.framework/Flutter': '', 'a.js': '' }],
    ['capacitor', { 'main.jsbundle': undefined, 'capacitor.config.json': '{}', 'public/a.js': '' }],
    ['cordova', { 'main.jsbundle': undefined, 'www/cordova.js': '' }],
    [
      'unity',
      { 'main.jsbundle': undefined, 'Frameworks/UnityFramework.framework/UnityFramework': '', 'a.js': '' },
    ],
    ['xamarin', { 'main.jsbundle': undefined, 'Microsoft.iOS.dll': '', 'a.js': '' }],
    ['xamarin', { 'main.jsbundle': undefined, 'Xamarin.iOS.dll': '', 'a.js': '' }],
    ['native', { 'main.jsbundle': undefined, 'a.js': '' }],
  ])('tells the framework: %s', async (framework, files) => {
    expect(await read(files)).toMatchObject({ framework })
  })

  it('measures the files of a native app that reach devices as they are', async () => {
    const files: Files = {
      'main.jsbundle': undefined,
      'Settings.bundle/Root.plist': '<plist/>',
      'Base.lproj/Main.storyboardc/view.nib': 'nib',
      'Kit.bundle/Info.plist': '<plist/>',
      'model.bin': 'weights',
      'icon.PNG': 'picture',
      PkgInfo: 'APPL????',
      'Frameworks/Kit.framework/Kit': machO,
      'Frameworks/Kit.framework/_CodeSignature/CodeResources': '<plist/>',
      'PlugIns/Widget.appex/data.bin': 'of another program',
    }
    const { segments, framework } = await read({ ...files, helper: machO })
    expect(framework).toBe('native')
    expect(segments.map(({ name, kind }) => [name, kind])).toEqual([
      ['Base.lproj/', 'resource'],
      ['Settings.bundle/', 'resource'],
      ['model.bin', 'resource'],
    ])
    const scripts = readBuild(ipaWith({ ...files, helper: machO, 'main.jsbundle': '1' }), {
      format: 'ipa',
      coverage: 'image',
    })
    expect((await scripts).segments).toHaveLength(4)
  })

  it('measures the resources of a folder as one segment: paths, lengths and contents, by the bytes of the paths', async () => {
    const files = {
      'main.jsbundle': undefined,
      'en.lproj/\ud83d\ude00.strings': 'astral',
      'en.lproj/\uffee.strings': 'last of the BMP',
      'en.lproj/a/b.strings': '',
      'en.lproj/tool': machO,
      'en.lproj/page.html': '<p>',
    }
    const { segments } = await readBuild(ipaWith(files), { format: 'ipa', coverage: 'image' })
    const content = ['a/b', '\uffee', '\ud83d\ude00'].flatMap((name, i) => {
      const path = Buffer.from(`en.lproj/${name}.strings`)
      const bytes = Buffer.from(['', 'last of the BMP', 'astral'][i] as string)
      const head = Buffer.alloc(12 + path.length)
      head.writeUInt32BE(path.length)
      path.copy(head, 4)
      head.writeBigUInt64BE(BigInt(bytes.length), 4 + path.length)
      return [head, bytes]
    })
    const all = Buffer.concat(content)
    const sha256 = createHash('sha256').update(all).digest('hex')
    expect(segments).toMatchObject([
      { name: 'en.lproj/', kind: 'resource', length: all.length, sha256 },
      { name: 'en.lproj/page.html', kind: 'script' },
    ])
  })

  it('takes more resources than an image has segments', async () => {
    const many = Array.from({ length: 5_000 }, (_, i): [string, string] => [
      `l${i % 40}.lproj/${Math.floor(i / 40)}.strings`,
      `${i}`,
    ])
    const { segments } = await read({ 'main.jsbundle': undefined, ...Object.fromEntries(many) })
    expect(segments).toHaveLength(40)
  })

  it.each([
    ['files', 'r/words.json', 'r/Words.json'],
    ['folders', 'en.lproj/a.strings', 'EN.lproj/b.strings'],
    ['folders in another normalisation', 'r/\u00e9/a', 'r/e\u0301/b'],
    ['a file and a folder', 'r/A', 'r/a/b'],
  ])('refuses resources whose names are alike: %s', async (_what, one, other) => {
    const files = { 'main.jsbundle': undefined, [one]: '1', [other]: '2' }
    await expectRefusal('IPA_NAMES_ALIKE', () => read(files))
  })

  it('measures the sections of executable and frameworks as they lie in memory', async () => {
    const { segments } = await read({
      App: withText,
      'Frameworks/Kit.framework/Kit': writeFat([
        { cpuType: arm.cpuType, cpuSubtype: 9, bytes: writeMachO({ ...arm, signature: null }) },
        { cpuType: arm64.cpuType, bytes: withText },
      ]),
      'Frameworks/libx.dylib': withText,
      'Frameworks/Kit.framework/other': withText,
      'PlugIns/Widget.appex/Widget': withText,
      'Frameworks/script.dylib': 'no executable',
    })
    const text = segments.filter(({ kind }) => kind === 'text')
    const digests = [withText.subarray(512, 612), withText.subarray(612, 644)].map((bytes) =>
      createHash('sha256').update(bytes).digest('hex'),
    )
    expect(text.map(({ name, length, sha256 }) => [name, length, sha256])).toEqual(
      ['App', 'Frameworks/Kit.framework/Kit', 'Frameworks/libx.dylib'].flatMap((path) => [
        [`${path}.__TEXT.__cstring`, 32, digests[1]],
        [`${path}.__TEXT.__text`, 100, digests[0]],
      ]),
    )
  })

  it('warns of a library that a probe would take for a hooking tool', async () => {
    const warningsOf = async (path: string) => (await read({ App: withText, [path]: withText })).warnings
    expect(await warningsOf('Frameworks/FridaGadget.dylib')).toEqual(['named_like_a_tool'])
    expect(await warningsOf('Frameworks/GadgetKit.framework/GadgetKit')).toEqual([])
  })

  it('measures no section where a device may take one of several slices, or none is for 64-bit ARM', async () => {
    const two = writeFat([
      { cpuType: arm64.cpuType, bytes: withText },
      { cpuType: arm64.cpuType, cpuSubtype: 2, bytes: withText },
    ])
    for (const App of [two, writeMachO({ ...arm, signature: null })]) {
      const { segments, warnings } = await read({ App, 'Frameworks/libx.dylib': withText })
      const measured = segments.filter(({ kind }) => kind === 'text').map(({ name }) => name)
      // A device that finds more than the build has measures something else.
      expect(measured).toHaveLength(App === two ? 0 : 2)
      expect(warnings).toEqual(App === two ? ['text_not_measured'] : [])
    }
  })

  it.each([0x21, 0x2c])(
    'measures no section of an app that the store has encrypted (%i)',
    async (command) => {
      const readWith = (cryptId: number) => {
        const body = Buffer.alloc(command === 0x21 ? 12 : 16)
        body.writeUInt32LE(512, 0)
        body.writeUInt32LE(100, 4)
        body.writeUInt32LE(cryptId, 8)
        const library = writeMachO({ signature: null, commands: [textCommand, [command, body]] })
        return read({ App: withText, 'Frameworks/libx.dylib': library })
      }
      const clear = await readWith(0)
      expect(clear.segments.filter(({ kind }) => kind === 'text')).toHaveLength(4)
      expect(clear.warnings).toEqual([])
      const encrypted = await readWith(1)
      expect(encrypted.segments.filter(({ kind }) => kind === 'text')).toEqual([])
      expect(encrypted.warnings).toEqual(['text_not_measured'])
    },
  )

  it('refuses an encryption command that is cut short', async () => {
    const App = writeMachO({ signature: null, commands: [[0x2c, Buffer.alloc(8)]] })
    await expectRefusal('MACHO_MALFORMED', () => read({ App }))
  })

  it('passes each section of a large executable on as a whole', async () => {
    const code = Buffer.from(Uint8Array.from({ length: 700_000 }, (_, at) => at * 7 + (at >> 9)))
    const sections = [
      { name: '__text', offset: 512, length: 600_000 },
      { name: '__const', offset: 600_600, length: 50_000 },
    ]
    const App = writeMachO({ signature: null, code, commands: [[0x19, segmentBody({ sections })]] })
    const kept = new Map<string, Buffer[]>()
    await readBuild(ipaWith({ App }), {
      format: 'ipa',
      keep: ({ name }) => {
        const chunks: Buffer[] = []
        kept.set(name, chunks)
        return { write: (chunk) => chunks.push(Buffer.from(chunk)), end: () => undefined }
      },
    })
    for (const { name, offset, length } of sections) {
      const bytes = Buffer.concat(kept.get(`App.__TEXT.${name}`) as Buffer[])
      expect(bytes.equals(App.subarray(offset, offset + length))).toBe(true)
    }
  })

  it('refuses an executable whose sections lie, and one with too many', async () => {
    const sections = [{ name: '__text', offset: 512, length: 1_000_000 }]
    const lying = writeMachO({ signature: null, commands: [[0x19, segmentBody({ sections })]] })
    await expectRefusal('MACHO_MALFORMED', () => read({ App: lying }))
    const libraries = Object.fromEntries(
      Array.from({ length: 512 }, (_, i) => [`Frameworks/lib${i}.dylib`, 'none']),
    )
    await expectRefusal('IPA_LAYOUT', () => read(libraries))
  })

  it('measures no section of executables with more than a plan can number', async () => {
    const sections = Array.from({ length: 255 }, (_, i) => ({
      name: `__s${i}`,
      offset: 30_000 + i * 4,
      length: 4,
    }))
    const library = writeMachO({
      ...{ signature: null, code: Buffer.alloc(40_000) },
      commands: [[0x19, segmentBody({ sections })]],
    })
    const libraries = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`Frameworks/lib${i}.dylib`, library]))
    const most = await read(libraries(16))
    expect(most.segments.filter(({ kind }) => kind === 'text')).toHaveLength(16 * 255)
    const more = await read(libraries(17))
    expect(more.segments.filter(({ kind }) => kind === 'text')).toEqual([])
    expect(more.warnings).toEqual(['text_not_measured'])
  })

  it('refuses an app in which nothing could be measured', async () => {
    await expectRefusal('IPA_NOTHING_TO_MEASURE', () => read({ 'main.jsbundle': undefined }))
    const extension = { 'main.jsbundle': undefined, 'PlugIns/Widget.appex/main.jsbundle': '1' }
    await expectRefusal('IPA_NOTHING_TO_MEASURE', () => read(extension))
    const native = ipaWith({ 'main.jsbundle': undefined, 'model.bin': '1' })
    await expectRefusal('IPA_NOTHING_TO_MEASURE', () =>
      readBuild(native, { format: 'ipa', coverage: 'scripts' }),
    )
  })

  it.each([3, 19])(
    'refuses a script that is a symbolic link, as archivers of system %i note it',
    async (system) => {
      const link = { name: 'Payload/App.app/www/a.js', content: '/etc/hosts', mode: 0o120777, system }
      await expectRefusal('IPA_LAYOUT', () => readBuild(ipaFile([...appEntries(), link]), { format: 'ipa' }))
      const file = { ...link, mode: 0o100644 }
      expect((await readBuild(ipaFile([...appEntries(), file]), { format: 'ipa' })).segments).toHaveLength(2)
      const elsewhere = { ...link, name: 'Payload/App.app/Frameworks/Kit' }
      expect(
        (await readBuild(ipaFile([...appEntries(), elsewhere]), { format: 'ipa' })).segments,
      ).toHaveLength(1)
      // On systems without them the same bits mean something else.
      const dos = { ...link, system: 0 }
      expect((await readBuild(ipaFile([...appEntries(), dos]), { format: 'ipa' })).segments).toHaveLength(2)
    },
  )

  it('refuses hostile archives as for APKs', async () => {
    const odd = [...appEntries(), { name: 'Payload/App.app/a.js', method: 99 }]
    await expectRefusal('ZIP_METHOD', () => readBuild(ipaFile(odd), { format: 'ipa' }))
    const twice = [...appEntries(), ...appEntries()]
    await expectRefusal('ZIP_DUPLICATE_ENTRY', () => readBuild(ipaFile(twice), { format: 'ipa' }))
    const corrupt = [...appEntries(), { name: 'Payload/App.app/a.js', crc: 1 }]
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => readBuild(ipaFile(corrupt), { format: 'ipa' }))
    const climbing = [...appEntries(), { name: 'Payload/App.app/../../a.js' }]
    await expectRefusal('ZIP_ENTRY_PATH', () => readBuild(ipaFile(climbing), { format: 'ipa' }))
  })
})
