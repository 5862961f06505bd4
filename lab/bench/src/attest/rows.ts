import type { BenchRow } from '../row/row.ts'
import { imageGrowthRow } from './image-growth.ts'
import { attestProcessRow } from './process.ts'
import { attestSoftwareRow } from './software.ts'
import { attestVariantsRow } from './variants.ts'

/** The cost of an attestation to the service. */
export async function attestRows(): Promise<BenchRow[]> {
  return [
    await attestSoftwareRow(),
    await attestProcessRow(),
    await imageGrowthRow(),
    await attestVariantsRow(),
  ]
}
