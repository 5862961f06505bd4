/**
 * One measurement. `value` and `bare` are times per operation, or sizes; smaller is better. They are medians of the
 * interleaved rounds of one run.
 */
export interface BenchRow {
  id: string
  value: number
  unit: 'ms' | 'us' | 'MB' | 'kB' | 'bytes'
  /** The baseline, measured in the same run; `bare-work.ts` says what it is. */
  bare: number | null
  /** value ÷ bare. */
  ratio: number | null
  /** Another tool that does this job. */
  peer: string | null
  peerValue: number | null
  /** value ÷ peerValue. */
  peerRatio: number | null
  /** What a reader needs to judge the row: sizes, verdicts, versions. */
  facts?: Record<string, string | number | boolean | readonly string[]>
}

/** For a row without a baseline. */
export const withoutBare = { bare: null, ratio: null } as const
/** For a row with neither baseline nor peer. */
export const alone = { ...withoutBare, peer: null, peerValue: null, peerRatio: null } as const

/** No rows, and why. @throws Error if everything must run */
export function notRun(what: string, reason: string): BenchRow[] {
  if (process.env['ASSAY_REQUIRE_ALL'] === '1') throw new Error(reason)
  console.error(`not run: ${what}, because ${reason}`)
  return []
}
