import fc from 'fast-check'
import { build, type PlistValue } from 'plist'
import { describe, expect, it } from 'vitest'
import { AppImageError, readBuild } from '../../../src/index.ts'
import { parseInfo } from '../../../src/ipa/app/info.ts'
import { codeOf, expectRefusal } from '../../expect-refusal.ts'
import { appEntries, info, infoWith, ipaFile, ipaWith } from '../write-ipa.ts'

const parse = (changes: Record<string, PlistValue | undefined> = {}) => parseInfo(infoWith(changes))
const read = (plist: Buffer | string) => readBuild(ipaWith({ 'Info.plist': plist }), { format: 'ipa' })

describe('Info.plist', () => {
  it('is read in either form', () => {
    const expected = {
      bundleId: 'com.example.app',
      versionName: '1.2',
      versionCode: 57,
      bundleVersion: '57',
      executable: 'App',
      platform: 'ios',
    }
    expect(parse()).toEqual(expected)
    expect(parseInfo(Buffer.from(build(info)))).toEqual(expected)
  })

  it.each<[string | undefined, number | null]>([
    ['0', 0],
    ['57', 57],
    ['202611251230', 202611251230],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', null],
    ['9'.repeat(40), null],
    ['057', null],
    ['1.2.3', null],
    ['57.0', null],
    ['+57', null],
    ['-1', null],
    ['1e3', null],
    ['0x10', null],
    [' 57', null],
    ['57\n', null],
    ['', null],
    [undefined, null],
  ])('gives a version code if CFBundleVersion is a single integer: %s', (version, versionCode) => {
    expect(parse({ CFBundleVersion: version })).toMatchObject({ versionCode })
  })

  it('may do without a marketing version', () => {
    expect(parse({ CFBundleShortVersionString: undefined })).toMatchObject({ versionName: null })
  })

  it.each<[PlistValue | undefined, string]>([
    [['iPhoneOS'], 'ios'],
    [['iPhoneSimulator'], 'ios-simulator'],
    [['iPhoneSimulator', 'iPhoneOS'], 'ios'],
    [['AppleTVOS'], 'other'],
    [undefined, 'ios'],
  ])('tells whether it is for a device: %s', (platforms, platform) => {
    expect(parse({ CFBundleSupportedPlatforms: platforms })).toMatchObject({ platform })
  })

  it('may do without a version, and without an executable', () => {
    const changes = { CFBundleVersion: undefined, CFBundleExecutable: undefined }
    expect(parse(changes)).toMatchObject({ bundleVersion: null, executable: null })
  })

  it.each<[string, PlistValue]>([
    ['tvOS', ['AppleTVOS']],
    ['macOS', ['MacOSX']],
    ['watchOS', ['WatchOS', 'WatchSimulator']],
    ['nothing', []],
    ['numbers', [1]],
  ])('of an app for %s is refused', async (_, platforms) => {
    const plist = infoWith({ CFBundleSupportedPlatforms: platforms })
    await expectRefusal('IPA_PLATFORM', () => read(plist))
  })

  it.each<[string, Record<string, PlistValue | undefined>]>([
    ['no bundle id', { CFBundleIdentifier: undefined }],
    ['an empty bundle id', { CFBundleIdentifier: '' }],
    ['a bundle id that is no string', { CFBundleIdentifier: 1 }],
    ['a bundle id of several lines', { CFBundleIdentifier: 'com.example.app\n' }],
    ['a bundle id with a path', { CFBundleIdentifier: 'com.example/app' }],
    ['a bundle id in other letters', { CFBundleIdentifier: 'com.exampl\u0435.app' }],
    ['a bundle id that nobody filled in', { CFBundleIdentifier: '$(PRODUCT_BUNDLE_IDENTIFIER)' }],
    ['a bundle id that is too long', { CFBundleIdentifier: 'a'.repeat(156) }],
    ['a version that is no string', { CFBundleVersion: 57 }],
    ['a version in a list', { CFBundleVersion: ['57'] }],
    ['a marketing version that is no string', { CFBundleShortVersionString: true }],
    ['a marketing version that is too long', { CFBundleShortVersionString: '1'.repeat(257) }],
    ['a platform that is no list', { CFBundleSupportedPlatforms: 'iPhoneOS' }],
    ['a platform that is a number', { CFBundleSupportedPlatforms: 1 }],
  ])('with %s is refused', async (_, changes) => {
    await expectRefusal('IPA_INFO_MALFORMED', () => read(infoWith(changes)))
  })

  it.each<[string, Buffer | string]>([
    ['is empty', ''],
    ['is cut short', infoWith().subarray(0, 100)],
    ['is no dictionary', '<plist><string>com.example.app</string></plist>'],
    ['declares entities', '<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict/></plist>'],
    ['is in the old text form', '{ CFBundleIdentifier = "com.example.app"; }'],
  ])('that %s is refused', async (_, plist) => {
    await expectRefusal('IPA_INFO_MALFORMED', () => read(plist))
  })

  it('keeps what was wrong with it as the cause', async () => {
    await expect(read('<plist>')).rejects.toMatchObject({
      name: 'AppImageError',
      cause: { name: 'PlistError' },
    })
  })

  it('must be there, at the top', async () => {
    const file = ipaWith({ 'Info.plist': undefined, 'Base.lproj/Info.plist': infoWith() })
    await expectRefusal('IPA_INFO_MISSING', () => readBuild(file, { format: 'ipa' }))
  })

  it('is refused when it is too large for what it is, before it is inflated', async () => {
    await expectRefusal('ZIP_BOMB', () => read(Buffer.alloc(512 * 1024 + 1, 0x20)))
  })

  it('is refused when its checksum is not the declared one, or it is a symbolic link', async () => {
    const rest = appEntries({ 'Info.plist': undefined })
    const entry = { name: 'Payload/App.app/Info.plist', content: infoWith() }
    const readEntry = (more: object) =>
      readBuild(ipaFile([...rest, { ...entry, ...more }]), { format: 'ipa' })
    expect((await readEntry({})).package).toBe('com.example.app')
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => readEntry({ crc: 1 }))
    await expectRefusal('IPA_LAYOUT', () => readEntry({ mode: 0o120777 }))
  })

  it('is read, or refused with a code, whatever its bytes are', async () => {
    const templates = [infoWith(), Buffer.from(build(info))]
    const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat({ max: 255 })), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...templates), edits, async (template, changes) => {
        const mutated = Buffer.from(template)
        for (const [place, byte] of changes) mutated[Math.floor(place * mutated.length)] = byte
        const code = await codeOf(() => read(mutated))
        expect([undefined, 'IPA_INFO_MALFORMED', 'IPA_PLATFORM', 'IPA_EXECUTABLE_MISSING']).toContain(code)
      }),
    )
  })

  it('is refused as a verdict on the build, never as a fault of the reader', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isBinary) => {
        const content = isBinary ? Buffer.concat([Buffer.from('bplist00'), bytes]) : Buffer.from(bytes)
        expect(() => parseInfo(content)).toThrow(
          expect.toSatisfy(
            (error: unknown) =>
              error instanceof AppImageError || (error instanceof Error && error.name === 'PlistError'),
          ),
        )
      }),
    )
  })
})
