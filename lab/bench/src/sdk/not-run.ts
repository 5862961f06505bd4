import type { BenchRow } from '../row.ts'

/** No rows, and why. @throws Error where everything is to be run */
export function notRun(what: string, reason: string): BenchRow[] {
  if (process.env['ASSAY_REQUIRE_ALL'] === '1') throw new Error(reason)
  console.error(`not run: ${what}, because ${reason}`)
  return []
}
