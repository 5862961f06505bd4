import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { BenchRow } from '../row.ts'
import { installationSizeRows } from './size.ts'

/** Rows of what is stored. */
export async function storageRows(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-storage-'))
  try {
    return await installationSizeRows(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
