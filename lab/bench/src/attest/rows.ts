import type { BenchRow } from '../row/row.ts'
import { imageGrowthRow } from './image-growth.ts'
import { attestSoftwareRow } from './software.ts'

/** The cost of an attestation to the service. */
export async function attestRows(): Promise<BenchRow[]> {
  return [await attestSoftwareRow(), await imageGrowthRow()]
}
