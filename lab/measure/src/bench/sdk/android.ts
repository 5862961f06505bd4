import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { benchCommand } from '@assay/phones'
import { defaultProbes } from '@assay/protocol'
import { apkCodeImage, fetchApk, publishedApks } from '@assay/testkit'
import type { Effort } from '../row/effort.ts'
import type { BenchRow } from '../row/row.ts'
import { buildSdk } from './android-size.ts'
import { largeAppRows } from './large-app.ts'
import { exchangeRow, measurePhone } from './phone-exchanges.ts'

/** Size in megabytes of the whole Java heap, for SDK and program. */
const heap = 64
const apkCache = path.resolve(import.meta.dirname, '../../../../../node_modules/.cache/assay-apks')

/** `sdk.android.attest`, and both of `sdk.android.large`. */
export async function androidRows(effort: Effort): Promise<BenchRow[]> {
  await buildSdk()
  return [await attestRow(effort), ...(await largeAppRows(effort))]
}

/**
 * A whole exchange on the JVM over the real ApiDemos APK, without network and signatures: opening and reading the APK, whole-code
 * digest, fresh reads, client data, and the writes to disk.
 */
async function attestRow(effort: Effort): Promise<BenchRow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  try {
    const apk = await fetchApk(publishedApks.apiDemos, apkCache)
    const image = await apkCodeImage(await readFile(apk))
    const probes = defaultProbes.android.filter((name) => name.startsWith('android.'))
    const times = await measurePhone(await benchCommand(apk, folder, heap), { image, probes }, effort)
    return exchangeRow('sdk.android.attest', times, {
      javaHeapMB: heap,
      codeBytes: image.segments.reduce((sum, { length }) => sum + length, 0),
      segments: image.segments.length,
      where: 'a JVM on this machine; no Android device has run it',
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
