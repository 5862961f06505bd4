import type { Random } from './random.ts'

/** What a mutation may use besides the input itself. */
export interface Material {
  readonly random: Random
  /** Another input of the same target. */
  another(): Uint8Array
  /** Byte strings that mean something to the parser. */
  readonly dictionary: readonly Uint8Array[]
}

/** Changes an input and respects its structure; undefined if the input has no such structure. */
export type Mutator = (input: Uint8Array, material: Material) => Uint8Array | undefined

/** Bytes; beyond it an input is cut. All parsers bound their input at 64 KiB or below, or walk any length. */
export const longestInput = 100_000
