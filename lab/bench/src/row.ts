/**
 * One measurement. `value` and `bare` are times per operation, or sizes; smaller is better. Medians of interleaved
 * rounds of one run.
 */
export interface BenchRow {
  id: string
  value: number
  unit: 'ms' | 'us' | 'MB' | 'kB' | 'bytes'
  /** The irreducible work, measured in the same run; `bare-work.ts` says what it is. */
  bare: number | null
  /** value ÷ bare. */
  ratio: number | null
  /** Who else does this job. */
  peer: string | null
  peerValue: number | null
  /** value ÷ peerValue. */
  peerRatio: number | null
  /** What a reader needs to judge the row: sizes, verdicts, versions. */
  facts?: Record<string, string | number | boolean | readonly string[]>
}
