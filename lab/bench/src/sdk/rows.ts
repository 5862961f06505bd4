import type { BenchRow } from '../row.ts'
import { attestRows } from './attest.ts'
import { sizeRow } from './size.ts'

/** `sdk.size`, `sdk.attest.1MB` and `sdk.attest.8MB`. */
export async function sdkRows(): Promise<BenchRow[]> {
  return [await sizeRow(), ...(await attestRows())]
}
