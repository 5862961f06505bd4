import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { randomBytes } from 'node:crypto'
import { memoryImage, type MemorySegment } from '@assay/client'
import { buildSwift, sizeOfModules } from '@assay/phones'
import { defaultProbes } from '@assay/protocol'
import type { Effort } from '../row/effort.ts'
import { NotRunError, withoutBare, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { exchangeRow, measurePhone } from './phone-exchanges.ts'

const megabytes = 8

/** `sdk.ios.attest` and `sdk.ios.size`. */
export async function iosRows(effort: Effort): Promise<BenchRow[]> {
  const built = await buildSwift(['assay-bench'], 'release')
  if ('missing' in built) throw new NotRunError(built.missing)
  return [await attestRow(built.program('assay-bench'), effort), await sizeRow()]
}

/** A whole exchange on Linux over an installed app of 8 MB, without network and signatures. */
async function attestRow(program: string, effort: Effort): Promise<BenchRow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  try {
    const segments = await writeApp(folder)
    const probes = defaultProbes.ios.filter((name) => name.startsWith('ios.'))
    const times = await measurePhone(
      { command: program, args: [folder] },
      { image: memoryImage(segments), probes },
      effort,
    )
    return exchangeRow('sdk.ios.attest', times, {
      codeBytes: segments.reduce((sum, { bytes }) => sum + bytes.length, 0),
      segments: segments.length,
      where: 'Linux on this machine, hashing by OpenSSL; no Apple device has run it',
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** An installed hybrid app: one large bundle, and other scripts. */
async function writeApp(folder: string): Promise<MemorySegment[]> {
  const script = (name: string, length: number): MemorySegment => ({
    name,
    kind: 'script',
    bytes: Buffer.from(
      randomBytes(length)
        .toString('latin1')
        .replace(/[^ -~]/g, ' '),
      'latin1',
    ),
  })
  const million = 1_000_000
  const segments = [
    script('main.jsbundle', (megabytes - 2) * million),
    ...Array.from({ length: 20 }, (_, i) => script(`www/page-${i}.js`, (2 * million) / 20)),
  ]
  await mkdir(path.join(folder, 'www'))
  for (const { name, bytes } of segments) await writeFile(path.join(folder, name), bytes)
  return segments
}

async function sizeRow(): Promise<BenchRow> {
  const { architecture, text, readOnly, data } = await sizeOfModules()
  const length = text + readOnly + data
  return {
    id: 'sdk.ios.size',
    value: rounded(length / 1000),
    unit: 'kB',
    ...withoutBare,
    peer: 'Approov, for arm64',
    peerValue: 458,
    peerRatio: rounded(length / 458_000),
    facts: {
      architecture,
      textBytes: text,
      readOnlyBytes: readOnly,
      dataBytes: data,
      contents:
        'objects of Assay and AssayCore, built for release, before a linker leaves out what an app does not use',
    },
  }
}
