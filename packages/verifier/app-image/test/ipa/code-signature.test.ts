import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readBuild, verifyIpaSignature } from '../../src/index.ts'
import { expectRefusal } from '../expect-refusal.ts'
import { arm, arm64, universal, writeFat, writeMachO } from '../mach-o/write-mach-o.ts'
import { appEntries, infoWith, ipaFile, ipaWith, profileOf, unsigned, type Files } from './write-ipa.ts'

const read = (files: Files = {}) => readBuild(ipaWith(files), { format: 'ipa' })
const verify = (files: Files = {}) => verifyIpaSignature(ipaWith(files))
const signedBy = (teamId: string, processor = arm64) =>
  writeMachO({ ...processor, signature: { directories: [{ teamId }] } })
const broken = writeMachO({ signature: { directories: [{ hashType: 4 }] } })
broken[200] = (broken[200] as number) ^ 1

describe('verifyIpaSignature', () => {
  it("contains the app's stated identity, and the identity in the executable's signature", async () => {
    const App = universal()
    const verified = await verify({ App })
    expect(verified).toMatchObject({
      bundleId: 'com.example.app',
      bundleVersion: '57',
      teamId: 'ABCDE12345',
      executableSha256: createHash('sha256').update(App).digest('hex'),
      slices: [{ arch: 'arm' }, { arch: 'arm64' }],
    })
  })

  it('reads an executable that is stored, one that is deflated at once and one that is streamed', async () => {
    for (const code of [Buffer.alloc(1000, 1), Buffer.alloc(3_000_000, 2)]) {
      const content = writeMachO({ code })
      for (const method of [0, 8]) {
        const entries = [...appEntries({ App: undefined }), { name: 'Payload/App.app/App', content, method }]
        expect((await verifyIpaSignature(ipaFile(entries))).slices).toHaveLength(1)
      }
    }
  })

  it('takes the executable that Info.plist names, of an app for whatever system and of any version', async () => {
    const plist = {
      CFBundleExecutable: 'Run',
      CFBundleSupportedPlatforms: ['AppleTVOS'],
      CFBundleVersion: '1.2',
    }
    const files = { 'Info.plist': infoWith(plist), Run: writeMachO(), App: broken }
    expect(await verify(files)).toMatchObject({ bundleVersion: '1.2', slices: [{ arch: 'arm64' }] })
  })

  it('finds an executable whose name has another Unicode normalisation, as HFS+ has it', async () => {
    const plist = { CFBundleExecutable: 'Caf\u00e9' }
    const files = { 'Info.plist': infoWith(plist), 'Cafe\u0301': writeMachO(), App: broken }
    expect((await verify(files)).slices).toHaveLength(1)
  })

  it('refuses what is not signed, or not what was signed', async () => {
    await expectRefusal('MACHO_NOT_SIGNED', () => verify({ App: unsigned }))
    await expectRefusal('MACHO_PAGE_MISMATCH', () => verify({ App: broken }))
    await expectRefusal('MACHO_MALFORMED', () => verify({ App: '#!/bin/sh' }))
  })

  it('refuses an executable whose checksum is not the declared one', async () => {
    const entry = { name: 'Payload/App.app/App', content: writeMachO(), crc: 1 }
    const file = ipaFile([...appEntries({ App: undefined }), entry])
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => verifyIpaSignature(file))
  })
})

describe('readBuild of an IPA', () => {
  it('reports the code signature of each slice', async () => {
    const { codeSignature } = await read({ App: universal() })
    expect(codeSignature).toMatchObject([
      { arch: 'arm', identifier: 'com.example.app', teamId: 'ABCDE12345', hashType: 'sha256' },
      { arch: 'arm64', cdHash: expect.stringMatching(/^[0-9a-f]{40}$/) as string },
    ])
  })

  it('takes an app that is not signed: the store will', async () => {
    expect(await read({ App: unsigned })).toMatchObject({ codeSignature: [] })
    expect(await read({ App: universal({ signature: null }) })).toMatchObject({ codeSignature: [] })
  })

  const signedByLinker = () =>
    writeMachO({
      signature: {
        directories: [{ edit: (directory) => void directory.writeUInt32BE(0x20002, 12) }],
        others: [],
      },
    })
  const besideUnsigned = (bytes: Buffer) =>
    writeFat([
      { cpuType: 0x01000007, bytes: writeMachO({ cpuType: 0x01000007, signature: null }) },
      { ...arm64, bytes },
    ])

  it('treats a valid linker signature on one slice as no signature', async () => {
    expect(await read({ App: besideUnsigned(signedByLinker()) })).toMatchObject({ codeSignature: [] })
    await expectRefusal('MACHO_NOT_SIGNED', () => verify({ App: besideUnsigned(signedByLinker()) }))
    expect(await verify({ App: signedByLinker() })).toMatchObject({ slices: [{ teamId: 'ABCDE12345' }] })
    const changed = signedByLinker()
    changed[200] = (changed[200] as number) ^ 1
    await expectRefusal('MACHO_PAGE_MISMATCH', () => read({ App: besideUnsigned(changed) }))
  })

  it('refuses a signature that is false, or only on one slice', async () => {
    await expectRefusal('MACHO_PAGE_MISMATCH', () => read({ App: broken }))
    const half = writeFat([
      { ...arm, bytes: writeMachO(arm) },
      { ...arm64, bytes: writeMachO({ signature: null }) },
    ])
    await expectRefusal('MACHO_NOT_SIGNED', () => read({ App: half }))
  })

  it.each<[string, Files]>([
    ['is not named', { 'Info.plist': infoWith({ CFBundleExecutable: undefined }) }],
    ['is not there', { App: undefined }],
    ['is in a folder', { 'Info.plist': infoWith({ CFBundleExecutable: 'Run/App' }), 'Run/App': unsigned }],
    ['has no name', { 'Info.plist': infoWith({ CFBundleExecutable: '' }) }],
  ])('refuses an app whose executable %s', async (_, files) => {
    await expectRefusal('IPA_EXECUTABLE_MISSING', () => read(files))
  })

  it('refuses an executable that is a symbolic link, or no Mach-O', async () => {
    const link = { name: 'Payload/App.app/App', content: 'Other', mode: 0o120777 }
    const file = ipaFile([...appEntries({ App: undefined }), link])
    await expectRefusal('IPA_LAYOUT', () => readBuild(file, { format: 'ipa' }))
    await expectRefusal('MACHO_MALFORMED', () => read({ App: '\xcf\xfa\xed\xfe' }))
  })
})

describe('the team that signed', () => {
  const profile = (TeamIdentifier: string[]) => profileOf({ Entitlements: {}, TeamIdentifier })

  it.each<[string, Files]>([
    ['is the one of the profile', { 'embedded.mobileprovision': profile(['ABCDE12345']) }],
    ['is one of the profile', { 'embedded.mobileprovision': profile(['OTHER12345', 'ABCDE12345']) }],
    [
      'stands alone where the profile names none',
      { 'embedded.mobileprovision': profileOf({ Entitlements: {} }) },
    ],
    ['stands alone where there is no profile', {}],
  ])('%s', async (_, files) => {
    expect(await read({ App: signedBy('ABCDE12345'), ...files })).toMatchObject({
      codeSignature: [{ teamId: 'ABCDE12345' }],
    })
  })

  it('may be missing, as in an ad hoc signature', async () => {
    const files = { App: signedBy(''), 'embedded.mobileprovision': profile(['ABCDE12345']) }
    expect(await read(files)).toMatchObject({ codeSignature: [{ teamId: null }] })
  })

  it('is another than that of the profile: refused', async () => {
    const files = { App: signedBy('ABCDE12345'), 'embedded.mobileprovision': profile(['OTHER12345']) }
    await expectRefusal('IPA_TEAM_MISMATCH', () => read(files))
  })

  it('is not the same for all slices: refused', async () => {
    const of = (first: string, second: string) =>
      writeFat([
        { ...arm, bytes: signedBy(first, arm) },
        { ...arm64, bytes: signedBy(second) },
      ])
    await expectRefusal('IPA_TEAM_MISMATCH', () => read({ App: of('ABCDE12345', 'OTHER12345') }))
    await expectRefusal('IPA_TEAM_MISMATCH', () => read({ App: of('ABCDE12345', '') }))
  })
})
