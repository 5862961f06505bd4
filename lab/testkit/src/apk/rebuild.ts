import { clearDebuggable } from './binary-manifest.ts'
import { signApkV2, type ApkSigner } from './signer.ts'
import { readZip, writeZip, type ZipEntry } from './zip.ts'

/** How a rebuilt APK differs from the one it is made from. */
export interface ApkChanges {
  /** `release`: `android:debuggable` is cleared. */
  variant: 'release' | 'as-is'
  /** Entries to put in, replacing those of the same name. */
  put?: Readonly<Record<string, Uint8Array>>
  /** Changes the content of entries: called with each, returns what to write. */
  change?: (name: string, content: Buffer) => Buffer
}

const signatureFile = /^META-INF\/[^/]*\.(MF|SF|RSA|DSA|EC)$/i

/** Unpacks an APK, changes it, puts it together and signs it again with scheme v2. */
export async function rebuildApk(apk: Buffer, changes: ApkChanges, signer: ApkSigner): Promise<Buffer> {
  const put = changes.put ?? {}
  const kept = (await readZip(apk))
    .filter(({ name }) => !signatureFile.test(name) && !Object.hasOwn(put, name))
    .map((entry) => changed(entry, changes))
  const added = Object.entries(put).map(([name, content]) => ({
    name,
    content: Buffer.from(content),
    stored: true,
  }))
  return signApkV2(await writeZip([...kept, ...added]), signer)
}

function changed(entry: ZipEntry, { variant, change }: ApkChanges): ZipEntry {
  let { content } = entry
  if (variant === 'release' && entry.name === 'AndroidManifest.xml') content = clearDebuggable(content)
  return { ...entry, content: change === undefined ? content : change(entry.name, content) }
}
