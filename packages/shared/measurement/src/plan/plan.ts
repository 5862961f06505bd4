import type { Coverage } from '@assay/protocol'
import { decodeBase64url } from '@assay/protocol/encodings'

/** Names of probes, of live functions and of exercises. */
export const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/

/**
 * One thing to read. `segment` counts the covered segments in name order, from 0. Where reading starts is not in
 * the plan: the challenge decides it, and a segment shorter than `length` is read whole.
 *
 * - `range`: one piece.
 * - `stride`: `count` pieces, each `step` bytes after the previous one, wrapping at the segment's end; folded in one
 * step. - `walk`: `count` pieces, folded one by one; what was read decides where the next one starts.
 */
export type Read =
  | { op: 'range'; segment: number; length: number }
  | { op: 'stride'; segment: number; length: number; count: number; step: number }
  | { op: 'walk'; segment: number; length: number; count: number }

/** A measurement plan: what to read and to ask, and nothing that could loop or branch. */
export interface Plan {
  v: 1
  app: string
  build: string
  epoch: number
  /** Base64url of the 32 bytes that key the whole-code digest in this epoch. */
  seed: string
  coverage: Coverage
  /** For builds registered by ABI: the ABI of the native code in the image. */
  abi?: string
  /**
   * For builds registered by ABI with optional modules: the modules whose segments the image has, `base` first; a
   * segment is named `MODULE/path`. If it is left out, the image has those of all modules.
   */
  modules?: string[]
  reads: Read[]
  /**
   * For builds with a second image (the text sections of executable and frameworks as they are in memory): what to read
   * of it.
   * `segment` counts its segments. It is carried out separately, see {@link textPlan}.
   */
  text?: { reads: Read[] }
  live: {
    /** Functions of the SDK whose source is compared, if the engine shows source. */
    show: string[]
    /** Exercises to carry out on input derived from the challenge, on every engine. */
    run: string[]
  }
  /** Probes to ask. */
  probes: string[]
}

/**
 * The part of a plan that is carried out over the second image, as a plan: same seed, its own reads, all of its
 * segments, no live code and no probes. The bytes and the challenge that key it are those of the whole plan.
 */
export function textPlan(plan: Plan & { text: NonNullable<Plan['text']> }): Plan {
  return { ...plan, coverage: 'image', reads: plan.text.reads, live: { show: [], run: [] }, probes: [] }
}

/** The plan's seed as bytes, for `digestImage`. */
export function planSeed(plan: Plan): Uint8Array {
  return decodeBase64url(plan.seed) as Uint8Array
}
