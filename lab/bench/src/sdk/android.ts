import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { benchCommand, buildAndroid, missingTool, sizeOfSdk } from '@assay/phones'
import { defaultProbes } from '@assay/protocol'
import { apkCodeImage, fetchApk, publishedApks } from '@assay/testkit'
import { notRun, withoutBare, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { largeAppRows } from './large-app.ts'
import { exchangeRow, measurePhone } from './phone-exchanges.ts'

/** Size in megabytes of the whole Java heap, for SDK and program. */
const heap = 64
/** kB (1000 bytes) of the AARs of core and platform; `docs/adr/0041-inflated-code-on-disk.md` says what they buy. */
const mostKB = 292
const apkCache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-apks')

/** `sdk.android.attest`, both of `sdk.android.large`, and `sdk.android.size`. */
export async function androidRows(): Promise<BenchRow[]> {
  const missing = missingTool()
  if (missing !== undefined) return notRun('sdk.android', missing)
  const { failed, log } = await buildAndroid(['-DskipTests'])
  if (failed > 0) throw new Error(log)
  return [await attestRow(), ...(await largeAppRows()), await sizeRow()]
}

/**
 * A whole exchange on the JVM over the real ApiDemos APK, without network and signatures: opening and reading the APK, whole-code
 * digest, fresh reads, client data, and the writes to disk.
 */
async function attestRow(): Promise<BenchRow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  try {
    const apk = await fetchApk(publishedApks.apiDemos, apkCache)
    const image = await apkCodeImage(await readFile(apk))
    const probes = defaultProbes.android.filter((name) => name.startsWith('android.'))
    const times = await measurePhone(await benchCommand(apk, folder, heap), { image, probes })
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

async function sizeRow(): Promise<BenchRow> {
  const length = await sizeOfSdk()
  return {
    id: 'sdk.android.size',
    value: rounded(length / 1000),
    unit: 'kB',
    ...withoutBare,
    peer: 'approov-sdk 3.5 (its published AAR)',
    peerValue: 580,
    peerRatio: rounded(length / 580_000),
    facts: {
      limitKB: mostKB,
      isWithinLimit: length <= mostKB * 1000,
      bytes: length,
      contents:
        'core and platform, each zipped as an AAR: classes with line numbers, without tables of local variables',
    },
  }
}
