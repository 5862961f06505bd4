import { invalidArgument, encodeBase64url, utf8, type Coverage } from '@assay/protocol'
import { coveredSegments } from './covered-segments.ts'
import type { Segment } from '../ports/ports.ts'
import { longestPiece, mostReads } from './limits.ts'
import { parsePlan } from './parse-plan.ts'
import type { Plan, Read } from './plan.ts'

/** The input for a plan. The same input gives the same bytes. */
export interface PlanInput {
  app: string
  build: string
  epoch: number
  /** 32 bytes: `epochSeed` of this build and epoch. */
  seed: Uint8Array
  coverage: Coverage
  /** For a build registered by ABI: the ABI of `segments`. */
  abi?: string | undefined
  /** The modules of `segments`, `base` first, if the build has others too. */
  modules?: readonly string[] | undefined
  /** Segments of the registered image. */
  segments: readonly Segment[]
  /** Segments of the second image, if the build has one. */
  text?: readonly Segment[] | undefined
  /** Probes to ask, all of them: the service chooses among those that the build's SDK declares. */
  probes: readonly string[]
  /** Functions to show and exercises to carry out; none by default. */
  live?: { show: readonly string[]; run: readonly string[] }
}

/** Minimum number of fresh reads of a plan. */
export const readsPerPlan = 32
/** Minimum bytes that a plan folds, if the image has a segment of 512 bytes. */
export const bytesPerPlan = 16_384
/** Minimum number of pieces in which a plan reads them, each at a place that the challenge decides. */
export const piecesPerPlan = 65

const shortestToLengthen = 512

/**
 * The exact bytes of the measurement plan of a build in an epoch: at least 32 reads that fold 16 KiB. Every other read
 * uses a segment drawn by size; the rest cycle through all segments in a drawn order, so that small ones get their
 * turn: with up to 16 segments each is read in every epoch.
 *
 * @throws MeasurementError `IMAGE_EMPTY`, `IMAGE_SEGMENTS`, or what `parsePlan` throws for a plan that no SDK would
 *   accept (an app, build or probe name out of form, more probes than a plan may ask)
 */
export function drawUpPlan(input: PlanInput): Uint8Array<ArrayBuffer> {
  if (input.seed.length !== 32) throw invalidArgument('a seed must be 32 bytes')
  const draw = drawFrom(input.seed)
  const plan: Plan = {
    v: 1,
    app: input.app,
    build: input.build,
    epoch: input.epoch,
    seed: encodeBase64url(input.seed),
    coverage: input.coverage,
    ...(input.abi === undefined ? {} : { abi: input.abi }),
    ...(input.modules === undefined ? {} : { modules: [...input.modules] }),
    reads: drawReads(coveredSegments(input.segments, input.coverage), draw),
    ...(input.text === undefined
      ? {}
      : { text: { reads: drawReads(coveredSegments(input.text, 'image'), draw) } }),
    live: { show: [...(input.live?.show ?? [])], run: [...(input.live?.run ?? [])] },
    probes: [...input.probes],
  }
  const bytes = utf8(JSON.stringify(plan))
  parsePlan(bytes)
  return bytes
}

/** A number from 0 to `below` - 1. */
type Draw = (below: number) => number

function drawReads(segments: readonly Segment[], draw: Draw): Read[] {
  const bySize = pickerBySize(segments, draw)
  const byRotation = pickerByRotation(segments, draw)
  const reads: Read[] = []
  for (let i = 0; i < readsPerPlan; i++)
    reads.push(shape(i, i % 2 === 0 ? bySize() : byRotation(), segments, draw))
  return lengthen(reads, segments)
}

/**
 * Alternates between a stride of three pieces, on a segment drawn by size, and a range or, once, a walk of two pieces:
 * together 16 KiB in {@link piecesPerPlan} pieces. A client that lacks a share p of the bytes can answer a share (1 -
 * p)^65 of challenges, so pieces count more than bytes; the Verifier's cost is also per piece, and higher per step of
 * the chain.
 */
function shape(i: number, segment: number, segments: readonly Segment[], draw: Draw): Read {
  if (i % 2 === 0) {
    const { length } = segments[segment] as Segment
    // Nearly a third of the segment, so that no two pieces fall into one hole; nobody knows the step before the epoch.
    const step = Math.max(1, Math.floor(length / 3) - draw(Math.floor(length / 12)))
    return { op: 'stride', segment, length: 272, count: 3, step }
  }
  if (i === 1) return { op: 'walk', segment, length: 104, count: 2 }
  return { op: 'range', segment, length: 208 }
}

/** Compensates for segments shorter than a read, with ranges on the longest one. */
function lengthen(reads: Read[], segments: readonly Segment[]): Read[] {
  const length = (i: number) => (segments[i] as Segment).length
  let missing = bytesPerPlan
  for (const read of reads)
    missing -= Math.min(read.length, length(read.segment)) * (read.op === 'range' ? 1 : read.count)
  const longest = segments.reduce((best, segment, i) => (segment.length > length(best) ? i : best), 0)
  if (length(longest) < shortestToLengthen) return reads
  while (missing > 0 && reads.length < mostReads) {
    const addition = Math.min(missing, longestPiece, length(longest))
    reads.push({ op: 'range', segment: longest, length: addition })
    missing -= addition
  }
  return reads
}

function pickerBySize(segments: readonly Segment[], draw: Draw): () => number {
  const ends: number[] = []
  let total = 0
  for (const segment of segments) ends.push((total += segment.length))
  return () => {
    const at = draw(Math.max(1, total))
    return Math.max(
      0,
      ends.findIndex((end) => at < end),
    )
  }
}

function pickerByRotation(segments: readonly Segment[], draw: Draw): () => number {
  const order = segments.map((_, i) => i).filter((i) => (segments[i] as Segment).length > 0)
  if (order.length === 0) order.push(0)
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw(i + 1)
    ;[order[i], order[j]] = [order[j] as number, order[i] as number]
  }
  let next = 0
  return () => order[next++ % order.length] as number
}

/**
 * Expands a seed into numbers (sfc32). It only spreads: a plan is unpredictable because its seed is an HMAC, and within
 * the epoch the plan is public.
 */
function drawFrom(seed: Uint8Array): Draw {
  const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength)
  const word = (i: number) => view.getUint32(i * 4) ^ view.getUint32(i * 4 + 16)
  let [a, b, c, counter] = [word(0), word(1), word(2), word(3)]
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return (below) => Math.floor((next() / 0x100000000) * below)
}
