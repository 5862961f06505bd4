import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concat, lengthPrefixed, uint64 } from '@assay/protocol'
import { fixedBytes } from '@assay/testkit/fixed'
import { readBuild } from '../../src/index.ts'
import type { ReadBuildOptions, SegmentHead } from '../../src/index.ts'
import { codeOf, expectRefusal, fileOf } from '../expect-refusal.ts'
import type { EntryTemplate } from '../zip/write-zip.ts'
import { attributeIds, ecIdentity, lineageOf, numberAttribute, signApk } from './signature/sign-apk.ts'
import type { Identity, SigningTemplate } from './signature/sign-apk.ts'
import { usualManifest, writeApk } from './write-apk.ts'
import type { ManifestTemplate } from './write-apk.ts'

let signer: Identity
let successor: Identity
beforeAll(() => {
  signer = ecIdentity('Release')
  successor = ecIdentity('Next')
})

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
const hermes = Buffer.concat([Buffer.from('c61fbc03c103191f', 'hex'), Buffer.alloc(200, 'bytecode')])

interface BuildTemplate {
  entries?: EntryTemplate[]
  manifest?: ManifestTemplate
  signing?: SigningTemplate
}

function build({ entries, manifest, signing }: BuildTemplate = {}, options?: ReadBuildOptions) {
  const archive = writeApk(entries, manifest ?? usualManifest)
  return readBuild(fileOf(signApk(archive, signing ?? { v2: [{ identity: signer }] })), options)
}

const segmentsOf = async (...entries: EntryTemplate[]) => (await build({ entries })).segments
const frameworkOf = async (...names: string[]) =>
  (await build({ entries: names.map((name) => ({ name })) })).framework

describe('readBuild of an APK', () => {
  it('reports identity, signature and code image', async () => {
    const content = fixedBytes('content', 300_000)
    const digest = sha256(content)
    const imageDigest = sha256(
      concat(lengthPrefixed('classes.dex'), uint64(content.length), Buffer.from(digest, 'hex')),
    )
    expect(await build({ entries: [{ name: 'classes.dex', content }] })).toEqual({
      format: 'apk',
      package: 'com.example.app',
      versionName: '1.2',
      versionCode: 7,
      minSdk: 24,
      targetSdk: 35,
      debuggable: false,
      testOnly: false,
      signers: [signer.sha256],
      schemes: ['v2'],
      codeSignature: [],
      sealed: false,
      framework: 'native',
      splits: null,
      segments: [{ name: 'classes.dex', kind: 'dex', length: content.length, sha256: digest }],
      imageDigest,
      warnings: [],
    })
  })

  it('takes what is executed into the code image, and nothing else', async () => {
    const segments = await segmentsOf(
      { name: 'classes.dex' },
      { name: 'classes12.dex' },
      { name: 'classes.dex.txt' },
      { name: 'x/classes.dex' },
      { name: 'lib/arm64-v8a/libapp.so' },
      { name: 'lib/arm64-v8a/readme.txt' },
      { name: 'lib/libapp.so' },
      { name: 'assets/index.android.bundle', content: 'var a' },
      { name: 'assets/other.bundle', content: hermes, method: 0 },
      { name: 'assets/www/app.js' },
      { name: 'assets/www/index.html' },
      { name: 'assets/www/style.css' },
      { name: 'assets/www/core.wasm' },
      { name: 'assets/plugin.dex' },
      { name: 'assets/logo.png' },
      { name: 'assets/data.json' },
      { name: 'res/raw/script.js' },
      { name: 'assemblies/App.dll' },
      { name: 'assets/bin/Data/Managed/Assembly-CSharp.dll' },
      { name: 'META-INF/services/a.js' },
    )
    expect(segments.map(({ name, kind }) => [name, kind])).toEqual([
      ['assemblies/App.dll', 'native'],
      ['assets/bin/Data/Managed/Assembly-CSharp.dll', 'native'],
      ['assets/index.android.bundle', 'script'],
      ['assets/other.bundle', 'hermes'],
      ['assets/plugin.dex', 'dex'],
      ['assets/www/app.js', 'script'],
      ['assets/www/core.wasm', 'script'],
      ['assets/www/index.html', 'script'],
      ['classes.dex', 'dex'],
      ['classes12.dex', 'dex'],
      ['lib/arm64-v8a/libapp.so', 'native'],
    ])
  })

  it('sorts segments by the bytes of their names', async () => {
    const names = ['assets/\u{1f600}.js', 'assets/\uffee.js', 'assets/a.js', 'assets/B.js']
    const segments = await segmentsOf(...names.map((name) => ({ name })))
    expect(segments.map(({ name }) => name)).toEqual([
      'assets/B.js',
      'assets/a.js',
      'assets/\uffee.js',
      'assets/\u{1f600}.js',
    ])
  })

  it('recognises Hermes bytecode by its magic, compressed or not, and its delta form', async () => {
    const delta = Buffer.from('39e043fc3efce6e0', 'hex')
    const segments = await segmentsOf(
      { name: 'assets/a.bundle', content: hermes },
      { name: 'assets/b.bundle', content: delta },
      { name: 'assets/c.bundle', content: hermes.subarray(1) },
      { name: 'assets/d.bundle', content: '' },
    )
    expect(segments.map(({ kind }) => kind)).toEqual(['hermes', 'hermes', 'script', 'script'])
  })

  it('hands every segment to its writer in the pass that hashes it', async () => {
    const contents = new Map(
      [1, 70_000, 3_000_000, 0].map(
        (length, i) => [`lib/x86/lib${i}.so`, fixedBytes('library', length)] as const,
      ),
    )
    const heads: SegmentHead[] = []
    const written = new Map<string, Buffer[]>()
    const ended = new Map<string, string>()
    const entries = [...contents].map(([name, content], i) => ({
      name,
      content,
      method: i % 2 === 0 ? 0 : 8,
    }))
    const report = await build(
      { entries: [...entries, { name: 'classes.dex' }] },
      {
        keep(segment) {
          heads.push(segment)
          if (segment.kind === 'dex') return undefined
          const chunks: Buffer[] = []
          written.set(segment.name, chunks)
          return {
            write: (chunk) => void chunks.push(Buffer.from(chunk)),
            end: (digest) => void ended.set(segment.name, digest),
          }
        },
      },
    )
    expect(heads.map(({ name }) => name).sort()).toEqual(report.segments.map(({ name }) => name))
    for (const [name, content] of contents) {
      expect(Buffer.concat(written.get(name)!).equals(content)).toBe(true)
      expect(ended.get(name)).toBe(sha256(content))
      expect(report.segments.find((segment) => segment.name === name)?.sha256).toBe(sha256(content))
    }
    expect(ended.has('classes.dex')).toBe(false)
  })

  it('passes on what a writer throws, as a malfunction', async () => {
    const keep = () => ({
      write() {
        throw new Error('disk full')
      },
      end() {},
    })
    await expect(build({}, { keep })).rejects.toThrow('disk full')
  })

  it('refuses a segment whose content is corrupt', async () => {
    const entries = [{ name: 'classes.dex', content: 'dex', crc: 1 }]
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => build({ entries }))
  })

  it('gives the same image digest for the same code, however it is packed and signed', async () => {
    const entries = [
      { name: 'classes.dex', content: 'a' },
      { name: 'assets/a.js', content: 'b' },
    ]
    const { imageDigest } = await build({ entries })
    const stored = entries.map((entry) => ({ ...entry, method: 0 })).reverse()
    const repacked = await build({ entries: stored, signing: { v3: [{ identity: successor }] } })
    expect(repacked.imageDigest).toBe(imageDigest)
    const renamed = [
      { name: 'classes.dex', content: 'a' },
      { name: 'assets/c.js', content: 'b' },
    ]
    expect((await build({ entries: renamed })).imageDigest).not.toBe(imageDigest)
  })

  it.each([
    ['react-native', 'assets/index.android.bundle'],
    ['react-native', 'lib/x86/libreactnative.so'],
    ['react-native-hermes', 'lib/x86/libreactnativejni.so', 'lib/x86/libhermes.so'],
    ['flutter', 'lib/x86/libflutter.so'],
    ['flutter', 'assets/flutter_assets/AssetManifest.json'],
    ['capacitor', 'assets/capacitor.config.json', 'assets/www/cordova.js'],
    ['cordova', 'assets/www/cordova.js'],
    ['unity', 'lib/x86/libunity.so'],
    ['xamarin', 'lib/x86/libmonodroid.so'],
    ['native', 'classes.dex'],
  ])('recognises %s', async (framework, ...names) => {
    expect(await frameworkOf(...names)).toBe(framework)
  })

  it('recognises a Hermes bundle by its content', async () => {
    const entries = [{ name: 'assets/index.android.bundle', content: hermes }]
    expect((await build({ entries })).framework).toBe('react-native-hermes')
  })

  it('warns of builds that are not meant for release', async () => {
    const warningsOf = async (template: BuildTemplate) => (await build(template)).warnings
    expect(await warningsOf({ manifest: { ...usualManifest, debuggable: true, testOnly: true } })).toEqual([
      'debuggable',
      'test_only',
    ])
    expect(await warningsOf({ signing: { v2: [{ identity: ecIdentity('Android Debug') }] } })).toEqual([
      'signed_with_debug_certificate',
    ])
    expect(await warningsOf({ signing: { v2: [{ identity: ecIdentity('Not Android Debug') }] } })).toEqual([])
  })

  it.each([
    ['lib/arm64-v8a/libfrida-gadget.so', ['named_like_a_tool']],
    // Not measured, and mapped from wherever the app unpacks it.
    ['assets/so/arm64-v8a/liblspatch.so', ['named_like_a_tool']],
    ['lib/arm64-v8a/libfriday.so', []],
    ['assets/Friday-menu.pdf', []],
  ])('warns of a file that a probe would take for a hooking tool: %s', async (name, warnings) => {
    expect((await build({ entries: [{ name, content: 'elf' }] })).warnings).toEqual(warnings)
  })

  it('warns of more than 16 MB of compressed code, but for libraries, which Android extracts', async () => {
    const content = Buffer.alloc(2 ** 23)
    // As a ZIP may hold it: in blocks of DEFLATE that are not compressed.
    const data = deflateRawSync(content, { level: 0 })
    const part = (name: string, method = 8): EntryTemplate =>
      method === 0 ? { name, content, method } : { name, content, data }
    const warningsOf = async (...entries: EntryTemplate[]) => (await build({ entries })).warnings
    const two = [part('classes.dex'), part('assets/index.android.bundle')]
    expect(await warningsOf(...two)).toEqual([])
    expect(await warningsOf(...two, part('classes2.dex', 0), part('lib/arm64-v8a/liba.so'))).toEqual([])
    expect(await warningsOf(...two, { name: 'classes2.dex', content: 'dex' })).toEqual(['code_compressed'])
  })

  it('lists every signer that some device sees, that of the newest first', async () => {
    const v3 = [
      {
        identity: signer,
        range: [24, 32] as const,
        attributes: [numberAttribute(attributeIds.rotationMinSdk, 33)],
      },
    ]
    const v31 = [
      {
        identity: successor,
        range: [33, 0x7fffffff] as const,
        attributes: [lineageOf([signer, successor])],
      },
    ]
    const report = await build({ signing: { v2: [{ identity: signer }], v3, v31 } })
    expect(report.signers).toEqual([successor.sha256, signer.sha256])
    expect(report.schemes).toEqual(['v2', 'v3', 'v3.1'])
  })

  it('reports the long version code, and refuses one beyond 2^53', async () => {
    const report = await build({ manifest: { ...usualManifest, versionCodeMajor: 2 } })
    expect(report.versionCode).toBe(2 * 2 ** 32 + 7)
    await expectRefusal('MANIFEST_MALFORMED', () =>
      build({ manifest: { ...usualManifest, versionCodeMajor: -1 } }),
    )
  })

  it('refuses an unknown format as misuse', async () => {
    const options = { format: 'exe' } as unknown as ReadBuildOptions
    await expect(build({}, options)).rejects.toMatchObject({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_VALUE',
    })
  })

  it('refuses every change of a signed APK, with a code, or does not notice it because it does not count', async () => {
    const entries = [
      { name: 'classes.dex', content: fixedBytes('code', 500) },
      { name: 'assets/a.js', content: 'script' },
    ]
    const bytes = signApk(writeApk(entries), { v2: [{ identity: signer }], v3: [{ identity: signer }] })
    const original = await readBuild(fileOf(bytes))
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes)
        changed[at] = changed[at]! ^ flip
        const code = await codeOf(async () => {
          // A scheme whose id is changed is no longer there; what the others prove is the same.
          const report = await readBuild(fileOf(changed))
          expect({ ...report, schemes: original.schemes }).toEqual(original)
        })
        // Everything outside the signing block is signed.
        const directoryAt = bytes.readUInt32LE(bytes.length - 6)
        const blockAt = directoryAt - Number(bytes.readBigUInt64LE(directoryAt - 24)) - 8
        if (at < blockAt || at >= directoryAt) expect(code).toBeDefined()
      }),
    )
  })

  it('refuses every truncated APK with a code', async () => {
    const bytes = signApk(writeApk(), { v2: [{ identity: signer }] })
    for (let length = 0; length < bytes.length; length += 7) {
      expect(await codeOf(() => readBuild(fileOf(bytes.subarray(0, length))))).toMatch(/^ZIP_/)
    }
  })
})
