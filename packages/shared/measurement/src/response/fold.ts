import { concat, labels, lengthPrefixed, uint32 } from '@assay/protocol'
import type { Work } from '../drive.ts'
import type { ImageDigest } from '../image/digest-image.ts'
import { readExactly } from '../image/read-exactly.ts'
import { carryOutExercise, exerciseOf, type Exercises } from '../live/exercise.ts'
import { MeasurementError, misuse } from '../measurement-error.ts'
import type { Plan, Read } from '../plan/plan.ts'
import type { CodeImage, MeasurementCrypto } from '../ports.ts'

/** The byte that says what a step of the chain did. */
const operations = { range: 1, stride: 2, walk: 3, run: 4 } as const

/** What a plan is carried out over. */
export interface FoldInput {
  plan: Plan
  /** The plan's exact bytes. */
  planBytes: Uint8Array
  /** 48 bytes. */
  challenge: Uint8Array
  /** Of `image`, under the plan's coverage and seed. */
  digest: ImageDigest
  image: CodeImage
  crypto: MeasurementCrypto
}

/** Where a fold stands: the response key and the chain, 32 bytes each. */
export interface Fold {
  readonly k: Uint8Array
  readonly chain: Uint8Array
}

/**
 * k = HMAC(E, label ‖ challenge ‖ SHA-256(plan)), then every read of the plan. The chain begins with k and decides
 * which read comes next and where it starts, so that neither order nor offsets exist before the challenge, and nothing
 * can be read ahead.
 */
export function* foldReads(input: FoldInput): Work<Fold> {
  const { crypto, plan, digest } = input
  const planHash = yield crypto.sha256([input.planBytes])
  const k = yield crypto.hmacSha256(digest.image, [labels.response, input.challenge, planHash])
  const left = plan.reads.map((read, index) => ({ read, index }))
  let chain = k
  while (left.length > 0) {
    const [next] = left.splice(uint16At(chain, 0) % left.length, 1) as [{ read: Read; index: number }]
    chain = yield* foldRead(input, chain, next.read, next.index)
  }
  return { k, chain }
}

/**
 * What must hold before anything is read.
 *
 * @throws MeasurementError `PLAN_EPOCH` when the challenge was issued with the plan of another epoch, `PLAN_SEGMENT`,
 *   `PLAN_FUNCTION`
 */
export function checkFoldInput(input: FoldInput, exercises: Exercises): void {
  const { plan, challenge, digest } = input
  if (challenge.length !== 48) throw misuse('a challenge is 48 bytes')
  const epoch = uint16At(challenge, 8) * 0x10000 + uint16At(challenge, 10)
  if (epoch !== plan.epoch)
    throw new MeasurementError('PLAN_EPOCH', 'the plan is not of the epoch of the challenge')
  for (const read of plan.reads) segmentOf(digest, read)
  for (const name of plan.live.run) exerciseOf(exercises, name)
}

function* foldRead(input: FoldInput, chain: Uint8Array, read: Read, index: number): Work<Uint8Array> {
  const segment = segmentOf(input.digest, read)
  const length = Math.min(read.length, segment.length)
  const places = segment.length - length + 1
  const head = concat(header(index, operations[read.op]), segment.digest)
  switch (read.op) {
    case 'range':
      return yield* foldPieces([start(chain, places)])
    case 'stride': {
      const first = start(chain, places)
      return yield* foldPieces(Array.from({ length: read.count }, (_, i) => (first + i * read.step) % places))
    }
    case 'walk':
      for (let i = 0; i < read.count; i++) chain = yield* foldPieces([start(chain, places)])
      return chain
  }

  /** One step: chain ‖ u32 index ‖ operation ‖ D of the segment ‖ (u64 offset ‖ u32 length ‖ bytes) for each piece. */
  function* foldPieces(offsets: readonly number[]): Work<Uint8Array> {
    const parts = [chain, head]
    for (const offset of offsets) {
      parts.push(place(offset, length), yield* readExactly(input.image, segment.name, offset, length))
    }
    return yield input.crypto.sha256(parts)
  }
}

/** The segment's D stands for its name, length and content in each step that reads from it. */
function segmentOf(digest: ImageDigest, read: Read): ImageDigest['segments'][number] {
  const segment = digest.segments[read.segment]
  if (segment === undefined)
    throw new MeasurementError('PLAN_SEGMENT', 'the plan reads a segment that is not there')
  return segment
}

/** Carries out the exercises that the plan asks for, each on the chain as it stands, and folds what came out. */
export function* foldExercises(input: FoldInput, fold: Fold, exercises: Exercises): Work<Fold> {
  let { chain } = fold
  for (const [index, name] of input.plan.live.run.entries()) {
    const output = carryOutExercise(exerciseOf(exercises, name), chain)
    chain = yield input.crypto.sha256([
      chain,
      header(index, operations.run),
      lengthPrefixed(name),
      lengthPrefixed(output),
    ])
  }
  return { k: fold.k, chain }
}

function header(index: number, operation: number): Uint8Array {
  return concat(uint32(index), new Uint8Array([operation]))
}

function place(offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, Math.floor(offset / 0x100000000))
  view.setUint32(4, offset >>> 0)
  view.setUint32(8, length)
  return bytes
}

/** Where to start: bytes 2 to 7 of the chain, as one number, among the places that there are. */
function start(chain: Uint8Array, places: number): number {
  return ((uint16At(chain, 2) * 0x10000 + uint16At(chain, 4)) * 0x10000 + uint16At(chain, 6)) % places
}

function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}
