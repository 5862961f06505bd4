import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { readZip, rebuildApk, type ApkSigner } from '@assay/testkit'
import { bundleOf, pageName } from '@assay/phones/ios'
import type { Sdks } from '../attack/sdks.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import type { Attack } from '../attack/attack.ts'
import { atEachLevel, noMeasurement, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { tamperedApk, tamperedImage } from '../kinds/tampered-app.ts'

/** Both programs are short runs of a JVM: its optimising compiler would cost more than it saves. */
const env = { ...process.env, JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' }

const run = (program: string, args: readonly string[]) => promisify(execFile)(program, args, { env })

const manifest = 'AndroidManifest.xml'

const withEvil = (code: Buffer) => Buffer.concat([code, Buffer.from('evil')])
const oneByteMore = (code: Buffer) => Buffer.concat([code, Buffer.alloc(1)])

function oneBit(code: Buffer): Buffer {
  const changed = Buffer.from(code)
  const middle = Math.floor(changed.length / 2)
  changed[middle] = (changed[middle] as number) ^ 1
  return changed
}

const halvesOf = (code: Buffer) => {
  const middle = Math.floor(code.length / 2)
  return [code.subarray(0, middle), code.subarray(middle)] as const
}

const withDex = (apk: Buffer, change: (code: Buffer) => Buffer, signer: ApkSigner) =>
  rebuildApk(
    apk,
    { variant: 'as-is', change: (name, content) => (name === kotlin.dex ? change(content) : content) },
    signer,
  )

/** The file with the app's code is changed. */
const changedCode = (change: (code: Buffer) => Buffer): Sdks => ({
  kotlin: kotlin.changed(kotlin.dex, change),
  swift: swift.changed(change),
})

/** Builds that somebody has changed. */
export const tamperedApps: readonly Attack[] = [
  tamperedApk({
    id: 'repackaged-in-node',
    sdks: changedCode(withEvil),
    title: 'The app is repackaged with changed code under another key',
    oat: 'OAT-020',
    method:
      'classes.dex gets bytes of its own, the APK is zipped again and signed (scheme v2) with a new key',
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    by: 'stranger',
    tamper: ({ apks }, signer) => withDex(apks.release, withEvil, signer),
  }),
  tamperedApk({
    id: 'repackaged-with-apktool',
    sdks: { kotlin: 'same-to-an-sdk', swift: 'android-only' },
    title: 'The app is taken apart with apktool, patched in smali and signed with apksigner',
    oat: 'OAT-020',
    method: 'one instruction is put into a constructor; Android would install the result',
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    needs: ['apktool', 'apksigner'],
    by: 'stranger',
    tamper: ({ apks }, signer) => repackage(apks.release, signer),
  }),
  tamperedApk({
    id: 'one-bit-changed',
    sdks: changedCode(oneBit),
    title: 'One bit of the app is changed',
    oat: 'OAT-020',
    method: 'in the middle of classes.dex; the APK is signed with the genuine key',
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    tamper: ({ apks, signer }) => withDex(apks.release, oneBit, signer),
  }),
  tamperedImage({
    id: 'byte-appended',
    sdks: changedCode(oneByteMore),
    title: 'A segment is one zero byte longer',
    oat: 'OAT-020',
    method: 'at the end of classes.dex, where padding would be',
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    tamper: (segments) =>
      segments.map((segment) =>
        segment.name === 'classes.dex'
          ? { ...segment, bytes: oneByteMore(Buffer.from(segment.bytes)) }
          : segment,
      ),
  }),
  tamperedApk({
    id: 'library-added',
    sdks: {
      kotlin: kotlin.withEntries((entries) => [
        ...entries,
        { name: 'lib/arm64-v8a/libhook.so', content: Buffer.from('hook'), stored: false },
      ]),
      swift: (stage) => swift.attempt(stage, { files: { 'www/hook.js': Buffer.from('hook()') } }),
    },
    title: 'A native library is added to the app',
    oat: 'OAT-020',
    method: 'as a gadget for instrumentation would be; every file that was there before is untouched',
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENTS')),
    tamper: ({ apks, signer }) =>
      rebuildApk(
        apks.release,
        { variant: 'as-is', put: { 'lib/arm64-v8a/libgadget.so': Buffer.from('\x7fELF gadget') } },
        signer,
      ),
  }),
  tamperedApk({
    id: 'sdk-file-changed',
    sdks: { kotlin: kotlin.changed(kotlin.sdkDex, oneBit), swift: 'iphone-executable' },
    title: "The SDK's own file in the app is changed",
    oat: 'OAT-020',
    method: "the SDK's check of plans is made to return at once; nothing else of the app is touched",
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    tamper({ apks, signer }) {
      const change = (name: string, content: Buffer) =>
        name.endsWith('/check-plan-fits.js')
          ? Buffer.from(content.toString('latin1').replace('must(', 'void ('), 'latin1')
          : content
      return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
    },
  }),
  tamperedApk({
    id: 'sdk-older',
    sdks: {
      kotlin: kotlin.changed(kotlin.sdkDex, () => Buffer.from('dex\n035\0assay:sdk:assay-android/0.0.1;\0')),
      swift: 'iphone-executable',
    },
    title: 'An older SDK is put into the app',
    oat: 'OAT-020',
    method:
      "the SDK's files are those of a version before, which checked less; app and build are named as they are",
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    tamper({ apks, signer }) {
      const older = Buffer.from('// 0.0.1\nexport function createAssayClient() {}\n')
      const change = (name: string, content: Buffer) =>
        name.startsWith('assets/assay/client/') ? older : content
      return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
    },
  }),
  tamperedApk({
    id: 'manifest-made-debuggable',
    sdks: { kotlin: kotlin.resigned, swift: 'android-only' },
    title: 'The app is repackaged with another manifest, its code untouched',
    oat: 'OAT-020',
    method:
      'android:debuggable is set, so that a debugger may attach; the manifest is no part of the code image; under a new key',
    expected: atEachLevel(through, through, through, refusedWith('ANDROID_KEY_SIGNER')),
    by: 'stranger',
    async tamper({ apks }, signer) {
      const found = (await readZip(apks.published)).find(({ name }) => name === manifest)
      if (found === undefined) throw new Error('there is no manifest')
      return rebuildApk(apks.release, { variant: 'as-is', put: { [manifest]: found.content } }, signer)
    },
  }),
  tamperedImage({
    id: 'segment-renamed',
    sdks: {
      kotlin: kotlin.withEntries((entries) =>
        entries.map((entry) => (entry.name === kotlin.dex ? { ...entry, name: 'classes2.dex' } : entry)),
      ),
      swift: (stage) =>
        swift.attempt(stage, { files: { [swift.bundle]: undefined, 'index.jsbundle': bundleOf(1) } }),
    },
    title: 'A segment is sent under another name',
    oat: 'OAT-020',
    method: 'classes.dex as classes9.dex, with the same bytes',
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_SEGMENTS')),
    tamper: (segments) =>
      segments.map((segment) =>
        segment.name === 'classes.dex' ? { ...segment, name: 'classes9.dex' } : segment,
      ),
  }),
  tamperedImage({
    id: 'segments-reordered',
    sdks: {
      kotlin: kotlin.withEntries((entries) => {
        const contentOf = (wanted: string) => entries.find(({ name }) => name === wanted)?.content as Buffer
        const other: Readonly<Record<string, Buffer>> = {
          [kotlin.dex]: contentOf(kotlin.sdkDex),
          [kotlin.sdkDex]: contentOf(kotlin.dex),
        }
        return entries.map((entry) => ({ ...entry, content: other[entry.name] ?? entry.content }))
      }),
      async swift(stage) {
        const { bundle: folder } = await stage.phone()
        const page = await readFile(path.join(folder, pageName))
        return swift.attempt(stage, { files: { [swift.bundle]: page, [pageName]: bundleOf(1) } })
      },
    },
    title: 'Two segments are swapped',
    oat: 'OAT-020',
    method: "two of the SDK's scripts are shown with each other's bytes",
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    tamper(segments) {
      const scripts = segments.filter(({ name }) => name.startsWith('assets/assay/client/'))
      const [first, second] = scripts
      if (first === undefined || second === undefined) throw new Error('the SDK is not in the app')
      return segments.map((segment) => {
        if (segment === first) return { ...segment, bytes: second.bytes }
        return segment === second ? { ...segment, bytes: first.bytes } : segment
      })
    },
  }),
  tamperedImage({
    id: 'segment-split',
    sdks: {
      kotlin: kotlin.withEntries((entries) =>
        entries.flatMap((entry) => {
          if (entry.name !== kotlin.dex) return [entry]
          const [first, second] = halvesOf(entry.content)
          return [
            { ...entry, content: first },
            { ...entry, name: 'classes2.dex', content: second },
          ]
        }),
      ),
      swift(stage) {
        const [first, second] = halvesOf(bundleOf(1))
        return swift.attempt(stage, { files: { [swift.bundle]: first, 'more.jsbundle': second } })
      },
    },
    title: 'A segment is sent as two',
    oat: 'OAT-020',
    method: 'classes.dex as classes.dex and classes9.dex, which together are the same bytes',
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_SEGMENTS')),
    tamper: (segments) =>
      segments.flatMap((segment) => {
        if (segment.name !== 'classes.dex') return [segment]
        const half = segment.bytes.length >> 1
        return [
          { ...segment, bytes: segment.bytes.subarray(0, half) },
          { ...segment, name: 'classes9.dex', bytes: segment.bytes.subarray(half) },
        ]
      }),
  }),
]

/** Puts a line into the first constructor that the app's own package has. */
async function patchSmali(folder: string): Promise<void> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.smali')).sort()
  const empty = /(\.method public constructor <init>\(\)V\n\s+\.locals 0\n)/
  for (const file of files.map((name) => path.join(folder, name))) {
    const text = await readFile(file, 'utf8')
    if (!empty.test(text)) continue
    await writeFile(file, text.replace(empty, '$1\n    nop\n'))
    return
  }
  throw new Error('no method to patch')
}

// In a program that ends in seconds the second compiler costs more than it saves: half of the CPU time here.
const shortLived = ['-JXX:TieredStopAtLevel=1', '-JXX:+UseSerialGC']

async function repackage(apk: Buffer, { certificate, privateKey }: ApkSigner): Promise<Buffer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-apktool-'))
  const at = (name: string) => path.join(folder, name)
  try {
    await writeFile(at('app.apk'), apk)
    await writeFile(at('key.pk8'), privateKey.export({ type: 'pkcs8', format: 'der' }))
    await writeFile(at('cert.der'), certificate)
    await run('apktool', [
      ...shortLived,
      'decode',
      '--no-res',
      '--quiet',
      '--output',
      at('app'),
      at('app.apk'),
    ])
    await patchSmali(at('app/smali/io'))
    await run('apktool', [...shortLived, 'build', '--quiet', '--output', at('evil.apk'), at('app')])
    const least = ['--min-sdk-version', '24']
    const signing = ['--key', at('key.pk8'), '--cert', at('cert.der'), '--v1-signing-enabled', 'false']
    await run('apksigner', ['sign', ...least, ...signing, at('evil.apk')])
    await run('apksigner', ['verify', ...least, at('evil.apk')])
    return await readFile(at('evil.apk'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
