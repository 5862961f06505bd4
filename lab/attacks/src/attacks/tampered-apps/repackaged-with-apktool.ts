import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { ApkSigner } from '@assay/testkit'
import { tamperedApk } from '../../kinds/tampered-app.ts'

/** Both programs are short runs of a JVM, for which its optimising compiler does not pay. */
const env = { ...process.env, JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' }
const run = (program: string, args: readonly string[]) => promisify(execFile)(program, args, { env })

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

async function repackage(apk: Buffer, { certificate, privateKey }: ApkSigner): Promise<Buffer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-apktool-'))
  const at = (name: string) => path.join(folder, name)
  try {
    await writeFile(at('app.apk'), apk)
    await writeFile(at('key.pk8'), privateKey.export({ type: 'pkcs8', format: 'der' }))
    await writeFile(at('cert.der'), certificate)
    await run('apktool', ['decode', '--no-res', '--quiet', '--output', at('app'), at('app.apk')])
    await patchSmali(at('app/smali/io'))
    await run('apktool', ['build', '--quiet', '--output', at('evil.apk'), at('app')])
    const least = ['--min-sdk-version', '24']
    const signing = ['--key', at('key.pk8'), '--cert', at('cert.der'), '--v1-signing-enabled', 'false']
    await run('apksigner', ['sign', ...least, ...signing, at('evil.apk')])
    await run('apksigner', ['verify', ...least, at('evil.apk')])
    return await readFile(at('evil.apk'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const repackagedWithApktool = tamperedApk({
  id: 'repackaged-with-apktool',
  title: 'The app is taken apart with apktool, patched in smali and signed with apksigner',
  oat: 'OAT-020',
  method: 'one instruction is put into a constructor; Android would install the result',
  needs: ['apktool', 'apksigner'],
  by: 'stranger',
  tamper: ({ apks }, signer) => repackage(apks.release, signer),
})
