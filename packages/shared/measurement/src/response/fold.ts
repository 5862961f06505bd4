import { invalidArgument, labels, lengthPrefixed, uint32 } from '@assay/protocol'
import type { Work } from '../drive.ts'
import type { ImageDigest } from '../image/digest-image.ts'
import { exactly } from '../image/exactly.ts'
import { declared } from '../declared.ts'
import { carryOutExercise, type Exercises } from '../live/exercise.ts'
import { markLive } from '../live/mark-live.ts'
import { MeasurementError } from '../measurement-error.ts'
import type { Plan, Read } from '../plan/plan.ts'
import type { CodeImage, MeasurementCrypto } from '../ports.ts'
import { stepWriter, type StepWriter } from './step-writer.ts'

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
 * What must hold before anything is read.
 *
 * @throws MeasurementError `PLAN_EPOCH` when the challenge was issued with the plan of another epoch, `PLAN_SEGMENT`,
 *   `PLAN_FUNCTION`
 */
export function checkFoldInput(input: FoldInput, exercises: Exercises): void {
  const { plan, challenge, digest } = input
  if (challenge.length !== 48) throw invalidArgument('a challenge is 48 bytes')
  const epoch = uint16At(challenge, 8) * 0x10000 + uint16At(challenge, 10)
  if (epoch !== plan.epoch) throw new MeasurementError('PLAN_EPOCH')
  for (const read of plan.reads) segmentOf(digest, read)
  for (const name of plan.live.run) declared(exercises, name, 'PLAN_FUNCTION')
}

/** The segment's D stands for its name, length and content in each step that reads from it. */
function segmentOf(digest: ImageDigest, read: Read): ImageDigest['segments'][number] {
  const segment = digest.segments[read.segment]
  if (segment === undefined) throw new MeasurementError('PLAN_SEGMENT')
  return segment
}

/**
 * k = HMAC(E, label ‖ challenge ‖ SHA-256(plan)), then every read of the plan. The chain begins with k and decides
 * which read comes next and where it starts, so that neither order nor offsets exist before the challenge, and nothing
 * can be read ahead. One step of the chain:
 *
 * SHA-256(chain ‖ u32 index of the read ‖ operation ‖ D of the segment ‖ (u64 offset ‖ u32 length ‖ bytes) per piece)
 */
export function* foldReads(input: FoldInput): Work<Fold> {
  const { crypto, plan, digest } = input
  const planHash = yield crypto.sha256([input.planBytes])
  const k = yield crypto.hmacSha256(digest.image, [labels.response, input.challenge, planHash])
  const writer = stepWriter(plan)
  const left = plan.reads.map((_, index) => index)
  let chain = k
  while (left.length > 0) {
    const [index] = left.splice(uint16At(chain, 0) % left.length, 1) as [number]
    chain = yield* foldRead(input, writer, chain, index)
  }
  return { k, chain }
}

function* foldRead(input: FoldInput, writer: StepWriter, chain: Uint8Array, index: number): Work<Uint8Array> {
  const read = input.plan.reads[index] as Read
  const segment = segmentOf(input.digest, read)
  const length = Math.min(read.length, segment.length)
  const places = segment.length - length + 1
  const { steps, pieces, stride } = shapeOf(read)
  for (let i = 0; i < steps; i++) {
    const first = start(chain, places)
    writer.begin(chain, index, operations[read.op], segment.digest)
    for (let j = 0; j < pieces; j++) {
      const offset = (first + j * stride) % places
      writer.add(offset, exactly(yield input.image.read(segment.name, offset, length), length))
    }
    chain = yield input.crypto.sha256([writer.bytes()])
  }
  return chain
}

/** How many steps of the chain a read makes, of how many pieces each, and how far those lie apart. */
function shapeOf(read: Read): { steps: number; pieces: number; stride: number } {
  switch (read.op) {
    case 'range':
      return { steps: 1, pieces: 1, stride: 0 }
    case 'stride':
      return { steps: 1, pieces: read.count, stride: read.step }
    case 'walk':
      return { steps: read.count, pieces: 1, stride: 0 }
  }
}

/** Carries out the exercises that the plan asks for, each on the chain as it stands, and folds what came out. */
export function* foldExercises(input: FoldInput, fold: Fold, exercises: Exercises): Work<Fold> {
  let { chain } = fold
  for (const [index, name] of input.plan.live.run.entries()) {
    const output = carryOutExercise(declared(exercises, name, 'PLAN_FUNCTION'), chain)
    chain = yield input.crypto.sha256([
      chain,
      uint32(index),
      new Uint8Array([operations.run]),
      lengthPrefixed(name),
      lengthPrefixed(output),
    ])
  }
  return { k: fold.k, chain }
}

/** Where to start: bytes 2 to 7 of the chain, as one number, among the places that there are. */
export const start = /* @__PURE__ */ markLive(
  'assay:live:fold-start',
  function (chain: Uint8Array, places: number): number {
    return ((uint16At(chain, 2) * 0x10000 + uint16At(chain, 4)) * 0x10000 + uint16At(chain, 6)) % places
  },
)

function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}
