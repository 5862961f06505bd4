import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppImageError, readBuild } from '../../../src/index.ts'
import { expectRefusal } from '../../expect-refusal.ts'
import type { EntryTemplate } from '../../zip/write-zip.ts'
import { appEntries, ipaFile } from '../write-ipa.ts'

const readWith = (...more: EntryTemplate[]) =>
  readBuild(ipaFile([...appEntries(), ...more]), { format: 'ipa' })

describe('the folder of the app', () => {
  it('may have files of stores and Finder next to it', async () => {
    const { segments } = await readWith(
      { name: 'Payload/', content: '', method: 0 },
      { name: 'Payload/App.app/', content: '', method: 0 },
      { name: 'Payload/App.app/Base.lproj/', content: '', method: 0 },
      { name: 'Payload/.DS_Store' },
      { name: 'iTunesMetadata.plist' },
      { name: 'iTunesArtwork' },
      { name: 'SwiftSupport/iphoneos/libswiftCore.dylib' },
      { name: 'Symbols/1.symbols' },
      { name: 'META-INF/a.js' },
    )
    expect(segments.map(({ name }) => name)).toEqual(['main.jsbundle'])
  })

  it.each<[string, EntryTemplate[]]>([
    ['nothing', []],
    ['no app', [{ name: 'Payload/', content: '', method: 0 }]],
    ['an app outside of Payload', appEntries({}, 'App.app/')],
    ['an app deeper in', appEntries({}, 'Payload/more/App.app/')],
    ['a file called like an app', [{ name: 'Payload/App.app' }]],
    ['two apps', [...appEntries(), ...appEntries({}, 'Payload/Second.app/')]],
    ['a second app without files', [...appEntries(), { name: 'Payload/B.app/', content: '', method: 0 }]],
    ['a second app in upper case', [...appEntries(), { name: 'Payload/B.APP/Info.plist' }]],
    ['a second payload in lower case', [...appEntries(), ...appEntries({}, 'payload/App.app/')]],
    ['a file beside the app', [...appEntries(), { name: 'Payload/a.js' }]],
    ['a folder beside the app', [...appEntries(), { name: 'Payload/more/a.js' }]],
  ])('is the only one: %s is refused', async (_, entries) => {
    await expectRefusal('IPA_LAYOUT', () => readBuild(ipaFile(entries), { format: 'ipa' }))
  })

  it.each([
    './Payload/App.app/a.js',
    'Payload/./App.app/a.js',
    'Payload//App.app/a.js',
    'Payload/App.app//a.js',
    'Payload/App.app/./a.js',
    'Payload/App.app/.',
    'Payload\\App.app\\a.js',
    'Payload/App.app/www\\a.js',
    'Payload/App.app/../B.app/a.js',
    '/Payload/B.app/a.js',
  ])('holds no path that tools would simplify: %s', async (name) => {
    await expectRefusal('ZIP_ENTRY_PATH', () => readWith({ name }))
  })

  it('holds no two files that one would hide, by the names of the file system', async () => {
    const composed = { name: 'Payload/App.app/\u00e9.js' }
    const decomposed = { name: 'Payload/App.app/e\u0301.js' }
    expect((await readWith(composed)).segments).toHaveLength(2)
    expect((await readWith(decomposed)).segments).toHaveLength(2)
    await expectRefusal('ZIP_DUPLICATE_ENTRY', () => readWith(composed, decomposed))
  })

  it('is found, or the file refused with a code, whatever names the archive holds', async () => {
    const part = fc.constantFrom(
      'Payload',
      'payload',
      'App.app',
      'B.app',
      'a.js',
      'Info.plist',
      '.',
      '..',
      '',
      'x',
    )
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 6 }), async (names) => {
        try {
          const { segments } = await readWith(...names.map((each) => ({ name: each, content: '' })))
          expect(segments.map((segment) => segment.name)).toContain('main.jsbundle')
        } catch (error) {
          expect(error).toBeInstanceOf(AppImageError)
        }
      }),
    )
  })
})
