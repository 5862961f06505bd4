import type { FuzzResult } from './fuzz-target.ts'

/** The instructions for the process of one target. They cross a process boundary. */
export interface Job {
  readonly target: string
  readonly root: string
  readonly inputs: number
  readonly seed: number
  /** Folder of the evidence vectors, where they are to be used. */
  readonly vectors: string | undefined
  /** Milliseconds of processor time for one input. */
  readonly limit: number
  /** The file for an input that takes longer. */
  readonly hangFile: string
  /** Inputs in place of all others, which are run once. */
  readonly only: readonly Uint8Array[] | undefined
  /** Whether the corpus of the result is to be as small as it can be. */
  readonly minimise: boolean
}

export type JobResult = FuzzResult
