import fc from 'fast-check'
import type { PlistValue } from 'plist'
import { describe, expect, it } from 'vitest'
import { buildSignedData } from '../../../codec/test/cms/build-signed-data.ts'
import { readBuild } from '../../src/index.ts'
import { codeOf, expectRefusal } from '../expect-refusal.ts'
import { appEntries, ipaFile, ipaWith, profileOf } from './write-ipa.ts'

const read = (profile: Buffer) =>
  readBuild(ipaWith({ 'embedded.mobileprovision': profile }), { format: 'ipa' })

describe('a provisioning profile', () => {
  it.each<[string, PlistValue, boolean]>([
    ['lets a debugger attach', { 'get-task-allow': true }, true],
    ['forbids it', { 'get-task-allow': false }, false],
    ['says nothing of it', {}, false],
  ])('that %s', async (_, entitlements, debuggable) => {
    const report = await read(profileOf({ Name: 'x', Entitlements: entitlements }))
    expect(report).toMatchObject({ debuggable, warnings: debuggable ? ['debuggable'] : [] })
  })

  it('is looked for at the top of the app only', async () => {
    const profile = profileOf({ Entitlements: { 'get-task-allow': true } })
    const file = ipaWith({ 'PlugIns/Widget.appex/embedded.mobileprovision': profile })
    expect(await readBuild(file, { format: 'ipa' })).toMatchObject({ debuggable: false })
  })

  it.each<[string, Buffer]>([
    ['is empty', Buffer.alloc(0)],
    ['is text', Buffer.from('<plist><dict><key>Entitlements</key><dict/></dict></plist>')],
    ['is cut short', profileOf({ Entitlements: {} }).subarray(0, 60)],
    ['is followed by bytes', Buffer.concat([profileOf({ Entitlements: {} }), Buffer.from('a')])],
    ['has its content elsewhere', buildSignedData({ signerInfos: [] })],
    ['holds no property list', profileOf(Buffer.from('text'))],
    ['has no entitlements', profileOf({ Name: 'x' })],
    ['has entitlements of another type', profileOf({ Entitlements: [] })],
    ['says it with a number', profileOf({ Entitlements: { 'get-task-allow': 1 } })],
    ['says it with text', profileOf({ Entitlements: { 'get-task-allow': 'false' } })],
    ['names a team without a list', profileOf({ Entitlements: {}, TeamIdentifier: 'ABCDE12345' })],
    ['names teams by number', profileOf({ Entitlements: {}, TeamIdentifier: [1] })],
  ])('that %s is refused', async (_, profile) => {
    await expectRefusal('IPA_PROFILE_MALFORMED', () => read(profile))
  })

  it('is refused when it is too large for what it is', async () => {
    await expectRefusal('ZIP_BOMB', () => read(Buffer.alloc(2 * 1024 * 1024 + 1)))
  })

  it('is refused as a symbolic link', async () => {
    const link = { name: 'Payload/App.app/embedded.mobileprovision', content: 'a', mode: 0o120777 }
    await expectRefusal('IPA_LAYOUT', () => readBuild(ipaFile([...appEntries(), link]), { format: 'ipa' }))
  })

  it('is read, or refused with a code, whatever its bytes are', async () => {
    const template = profileOf({ Entitlements: { 'get-task-allow': true } })
    const edits = fc.array(fc.tuple(fc.nat({ max: template.length - 1 }), fc.nat({ max: 255 })), {
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const mutated = Buffer.from(template)
        for (const [at, byte] of changes) mutated[at] = byte
        expect([undefined, 'IPA_PROFILE_MALFORMED']).toContain(await codeOf(() => read(mutated)))
      }),
    )
  })
})
