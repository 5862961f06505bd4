import type { Vector } from './vector.ts'

/** How the vectors of one format are judged. */
export interface VectorFormat {
  /** Verifies the evidence and returns the claims; throws its own error class to reject. */
  verify(vector: Vector, folder: string): Promise<Readonly<Record<string, unknown>>>
  /** The code of a rejection; `undefined` for every other error, which is a crash. */
  rejectCode(error: unknown): string | undefined
  /** Claims whose expected values are a minimum: the verifier may report more. */
  atLeast?: readonly string[]
}
