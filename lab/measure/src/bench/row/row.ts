import type { RowId } from './table.ts'

/**
 * One measurement. `value` and `bare` are times per operation, or sizes; smaller is better. They are medians of the
 * interleaved rounds of one run.
 */
export interface BenchRow {
  id: RowId
  value: number
  unit: 'ms' | 'us' | 'MB' | 'kB' | 'bytes'
  /** The baseline, measured in the same run; `table.ts` says what it is. */
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

/** A row that could not be measured, and why. */
export interface FailedRow {
  id: RowId
  error: string
}

/** A row for which this machine lacks something. */
export interface RowNotRun {
  id: RowId
  notRun: string
}

export type Row = BenchRow | FailedRow | RowNotRun

/** For a row without a baseline. */
export const withoutBare = { bare: null, ratio: null } as const
/** For a row without a peer. */
export const withoutPeer = { peer: null, peerValue: null, peerRatio: null } as const
/** For a row with neither baseline nor peer. */
export const alone = { ...withoutBare, ...withoutPeer } as const

/** Thrown where the machine lacks what a row needs. */
export class NotRunError extends Error {
  override name = 'NotRunError'
}
