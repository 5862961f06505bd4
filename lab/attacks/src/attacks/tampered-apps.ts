import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { readZip, rebuildApk, type ApkSigner } from '@assay/testkit'
import type { Attack } from '../attack/attack.ts'
import { atEachLevel, noMeasurement, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { tamperedApk, tamperedImage } from '../kinds/tampered-app.ts'

/** Both programs are short runs of a JVM: its optimising compiler would cost more than it saves. */
const env = { ...process.env, JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' }

const run = (program: string, args: readonly string[]) => promisify(execFile)(program, args, { env })

const manifest = 'AndroidManifest.xml'

/** Builds that somebody has changed. */
export const tamperedApps: readonly Attack[] = [
  tamperedApk({
    id: 'repackaged-in-node',
    title: 'The app is repackaged with changed code under another key',
    oat: 'OAT-020',
    method:
      'classes.dex gets bytes of its own, the APK is zipped again and signed (scheme v2) with a new key',
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    by: 'stranger',
    tamper({ apks }, signer) {
      const change = (name: string, content: Buffer) =>
        name === 'classes.dex' ? Buffer.concat([content, Buffer.from('evil')]) : content
      return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
    },
  }),
  tamperedApk({
    id: 'repackaged-with-apktool',
    withoutSdk: ['android-only', 'same-to-an-sdk'],
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
    title: 'One bit of the app is changed',
    oat: 'OAT-020',
    method: 'in the middle of classes.dex; the APK is signed with the genuine key',
    expected: atEachLevel(through, through, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    tamper({ apks, signer }) {
      const change = (name: string, content: Buffer) => {
        if (name !== 'classes.dex') return content
        const changed = Buffer.from(content)
        const middle = Math.floor(changed.length / 2)
        changed[middle] = (changed[middle] as number) ^ 1
        return changed
      }
      return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
    },
  }),
  tamperedImage({
    id: 'byte-appended',
    title: 'A segment is one zero byte longer',
    oat: 'OAT-020',
    method: 'at the end of classes.dex, where padding would be',
    expected: onlyAssay(noMeasurement, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    tamper: (segments) =>
      segments.map((segment) =>
        segment.name === 'classes.dex'
          ? { ...segment, bytes: Buffer.concat([segment.bytes, Buffer.alloc(1)]) }
          : segment,
      ),
  }),
  tamperedApk({
    id: 'library-added',
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
    withoutSdk: ['iphone-executable'],
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
    withoutSdk: ['iphone-executable'],
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
    withoutSdk: ['android-only'],
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
