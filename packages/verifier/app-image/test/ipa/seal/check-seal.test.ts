import { describe, expect, it } from 'vitest'
import { readBuild, type AppImageErrorCode } from '../../../src/index.ts'
import { cdHashOf } from '../../../src/mach-o/verify-executable.ts'
import { parseCodeDirectory } from '../../../src/mach-o/code-directory.ts'
import { expectRefusal } from '../../expect-refusal.ts'
import { universal, writeMachO } from '../../mach-o/write-mach-o.ts'
import { infoWith } from '../write-ipa.ts'
import { sha256, signedFiles, signedIpa, type SignedAppTemplate } from './write-signed-app.ts'

const read = async (template: SignedAppTemplate = {}, more: Parameters<typeof signedIpa>[1] = []) =>
  readBuild(signedIpa(template, more), { format: 'ipa' })
const link = (name: string, content: string) => ({ name: `Payload/App.app/${name}`, content, mode: 0o120777 })

/** As a list of resources names code: by its first directory, which every signature here begins with. */
function cdHash(executable: Uint8Array): Buffer {
  const bytes = Buffer.from(executable)
  const at = bytes.indexOf(Buffer.from('fade0c02', 'hex'))
  return cdHashOf(parseCodeDirectory(bytes.subarray(at, at + bytes.readUInt32BE(at + 4))))
}

const library = writeMachO({ code: Buffer.alloc(50) })
/** A framework, signed with its files, and what the app's list says of it. */
function framework(template: SignedAppTemplate = {}) {
  const inside = signedFiles(template)
  const files = Object.fromEntries(
    Object.entries(inside).map(([path, content]) => [`Frameworks/F.framework/${path}`, content]),
  )
  return {
    files,
    list: (list: object) => ({
      ...Object.fromEntries(Object.entries(list).filter(([path]) => !path.startsWith('Frameworks/'))),
      'Frameworks/F.framework': { cdhash: cdHash(inside.App as Uint8Array), requirement: 'anchor apple' },
    }),
  }
}

describe('the signature of an app seals all of its files', () => {
  it.each<[string, SignedAppTemplate]>([
    ['each by its hash', {}],
    ['with hashes of SHA-384', { directories: [{ hashType: 4 }] }],
    ['and two directories name the list', { directories: [{}, { hashType: 1 }] }],
    ['save what is never sealed', { after: { 'assets/.DS_Store': '', 'de.lproj/locversion.plist': '' } }],
    [
      'but one that is optional',
      { list: (list) => ({ ...list, 'de.lproj/A.strings': { hash2: sha256(''), optional: true } }) },
    ],
    [
      'with a library by its own signature',
      {
        files: { 'Frameworks/libA.dylib': library },
        list: (list) => ({ ...list, 'Frameworks/libA.dylib': { cdhash: cdHash(library), requirement: '' } }),
      },
    ],
    ['with a framework by its own signature', framework()],
    [
      'under names of another Unicode normalisation',
      {
        files: { 'Cafe\u0301': 'a' },
        list: ({ 'Cafe\u0301': each = '', ...list }) => ({ ...list, 'Caf\u00e9': each }),
      },
    ],
  ])('%s', async (_, template) => {
    expect((await read(template)).sealed).toBe(true)
  })

  it('and what the store adds for an encrypted executable', async () => {
    const after = (name: string) => ({ after: { [`SC_Info/${name}`]: 'keys' } })
    for (const name of ['App.sinf', 'App.supf', 'App.supp'])
      expect((await read(after(name))).sealed).toBe(true)
    await expectRefusal('IPA_FILE_NOT_SEALED', () => read(after('more.js')))
    await expectRefusal('IPA_FILE_NOT_SEALED', () => read(after('more/App.sinf')))
  })

  it('and a link by where it leads', async () => {
    const list: SignedAppTemplate['list'] = (each) => ({ ...each, Current: { symlink: 'assets' } })
    expect((await read({ list }, [link('Current', 'assets')])).sealed).toBe(true)
    await expectRefusal('IPA_FILE_CHANGED', () => read({ list }, [link('Current', 'other')]))
    await expectRefusal('IPA_FILE_CHANGED', () => read({ list, after: { Current: 'assets' } }))
  })
})

describe('an app whose signature does not speak for all of it is read, and not sealed', () => {
  const slots = (...withoutComponents: number[]) => ({ directories: [{ withoutComponents }] })

  it.each<[string, SignedAppTemplate]>([
    ['it names no list', slots(3)],
    ['it names no Info.plist', slots(1)],
    ['it names neither', { ...slots(1, 3), after: { 'main.jsbundle': 'other' } }],
    ['one directory names no list', { directories: [{}, { hashType: 4, withoutComponents: [3] }] }],
    ['it has hashes of SHA-1', { directories: [{ hashType: 1 }] }],
    ['the list has hashes of SHA-1', { list: (list) => ({ ...list, PkgInfo: { hash: Buffer.alloc(20) } }) }],
    ['the list is of the time before', { list: (list) => ({ ...list, PkgInfo: Buffer.alloc(20) }) }],
    ['the list has no second part', { resources: Buffer.from('<plist><dict/></plist>') }],
    ['nobody signed it', { after: { App: writeMachO({ signature: null }) } }],
    ['a framework in it is not sealed', framework(slots(3))],
  ])('%s', async (_, template) => {
    expect((await read(template)).sealed).toBe(false)
  })
})

describe('an app that is not what was signed is refused', () => {
  const without = (path: string) => ({ after: { [path]: undefined } })
  const { files, list } = framework()
  const inFramework = (path: string, content: string | undefined): SignedAppTemplate => ({
    files,
    list,
    after: { [`Frameworks/F.framework/${path}`]: content },
  })
  const named = (value: object): SignedAppTemplate => ({
    files: { 'Frameworks/libA.dylib': library },
    list: (each) => ({ ...each, 'Frameworks/libA.dylib': { ...value } }),
  })

  it.each<[string, AppImageErrorCode, SignedAppTemplate]>([
    ['Info.plist', 'IPA_INFO_CHANGED', { after: { 'Info.plist': infoWith({ CFBundleVersion: '58' }) } }],
    [
      'the list',
      'IPA_RESOURCES_CHANGED',
      { after: { '_CodeSignature/CodeResources': '<plist><dict/></plist>' } },
    ],
    ['the list, which is gone', 'IPA_RESOURCES_CHANGED', without('_CodeSignature/CodeResources')],
    ['a script', 'IPA_FILE_CHANGED', { after: { 'main.jsbundle': 'other()' } }],
    ['a picture', 'IPA_FILE_CHANGED', { after: { 'assets/logo.png': '' } }],
    ['a file, which is gone', 'IPA_FILE_MISSING', without('assets/logo.png')],
    ['a file that was put in', 'IPA_FILE_NOT_SEALED', { after: { 'assets/more.js': '' } }],
    ['a library that was put in', 'IPA_FILE_NOT_SEALED', { after: { 'Frameworks/libB.dylib': library } }],
    ['a file of a framework', 'IPA_FILE_CHANGED', inFramework('main.jsbundle', 'other()')],
    ['a file that was put into a framework', 'IPA_FILE_NOT_SEALED', inFramework('more.js', '')],
    ['a framework, which is gone', 'IPA_FILE_MISSING', { list }],
    ['a library by another signature', 'IPA_FILE_CHANGED', named({ cdhash: Buffer.alloc(20) })],
    [
      'a library that is not signed',
      'IPA_FILE_CHANGED',
      {
        ...named({ cdhash: cdHash(library) }),
        after: { 'Frameworks/libA.dylib': writeMachO({ signature: null }) },
      },
    ],
    [
      'a library with a slice more',
      'IPA_FILE_CHANGED',
      { ...named({ cdhash: cdHash(library) }), after: { 'Frameworks/libA.dylib': universal() } },
    ],
  ])('%s', async (_, code, template) => {
    await expectRefusal(code, () => read(template))
  })

  it('bundles within bundles, or code in great number', async () => {
    let inner = framework()
    for (let depth = 0; depth < 4; depth++) inner = framework(inner)
    await expectRefusal('IPA_LAYOUT', () => read(inner))
    const many = Object.fromEntries(
      Array.from({ length: 513 }, (_, at) => [
        `lib${at}.dylib`,
        { cdhash: Buffer.alloc(20), optional: true },
      ]),
    )
    await expectRefusal('IPA_LAYOUT', () => read({ list: (each) => ({ ...each, ...many }) }))
  })
})
