import { labelOf, lengthPrefixed, uint32 } from '@assay/protocol'
import type { Work } from '../ports/drive.ts'
import type { ImageDigest } from '../image/digest-image.ts'
import { exactly } from '../ports/exactly.ts'
import { carryOutExercise, type Exercise, type Exercises } from '../exercises/exercise.ts'
import { markLive } from '../live/mark-live.ts'
import { must } from '../errors/measurement-error.ts'
import type { Plan, Read } from '../plan/plan.ts'
import type { CodeImage, MeasurementCrypto } from '../ports/ports.ts'
import type { StepWriter } from './step-writer.ts'

/** The byte for what a step of the chain did. */
const operations = { range: 1, stride: 2, walk: 3, run: 4 } as const

/** The input for carrying out a plan. */
export interface FoldInput {
  plan: Plan
  /** The plan's exact bytes. */
  planBytes: Uint8Array
  /** 48 bytes. */
  challenge: Uint8Array
  /** The digest of `image`, under the plan's coverage and seed. */
  digest: ImageDigest
  image: CodeImage
  crypto: MeasurementCrypto
}

/** State of a fold: the response key and the chain, 32 bytes each. */
export interface Fold {
  readonly k: Uint8Array
  readonly chain: Uint8Array
}

/**
 * k = HMAC(E, label ‖ challenge ‖ SHA-256(plan)), then every read of the plan, then every exercise. The chain begins
 * with k and decides which read comes next and where it starts, so that neither order nor offsets exist before the
 * challenge, and nothing can be read ahead. One step of the chain:
 *
 * SHA-256(chain ‖ u32 index of the read ‖ operation ‖ D of the segment ‖ (u64 offset ‖ u32 length ‖ bytes) per piece)
 *
 * An exercise is carried out on the current chain, and its output is folded:
 *
 * SHA-256(chain ‖ u32 index of the exercise ‖ operation ‖ LP(name) ‖ LP(output))
 *
 * @param writer puts a step together
 * @throws MeasurementError `PLAN_EPOCH`, before anything is read, if the challenge was issued with the plan of another
 * epoch
 */
export function* foldPlan(input: FoldInput, exercises: Exercises, writer: StepWriter): Work<Fold> {
  const { crypto, plan, planBytes, challenge, digest } = input
  must(numberAt(challenge, 8, 4) === plan.epoch, 'PLAN_EPOCH')
  const k = yield crypto.hmacSha256(digest.image, [
    labelOf('resp'),
    challenge,
    yield crypto.sha256([planBytes]),
  ])
  let chain = yield* foldReads(input, writer, k)
  for (const [index, name] of plan.live.run.entries()) {
    const output = carryOutExercise(exercises[name] as Exercise, chain, plan)
    const parts = [Uint8Array.of(operations.run), lengthPrefixed(name), lengthPrefixed(output)]
    chain = yield crypto.sha256([chain, uint32(index), ...parts])
  }
  return { k, chain }
}

/** All reads in one generator: one for each read would cost more than the read itself. */
function* foldReads(
  { plan, digest, image, crypto }: FoldInput,
  writer: StepWriter,
  k: Uint8Array,
): Work<Uint8Array> {
  const left = [...plan.reads.keys()]
  let chain = k
  while (left.length > 0) {
    const [index] = left.splice(numberAt(chain, 0, 2) % left.length, 1) as [number]
    const read = plan.reads[index] as Read
    const { op, count = 1, step = 0 }: { op: Read['op']; count?: number; step?: number } = read
    // The segment's D stands for its name, length and content in each step that reads from it.
    const segment = digest.segments[read.segment] as ImageDigest['segments'][number]
    const length = Math.min(read.length, segment.length)
    const places = segment.length - length + 1
    const pieces = op === 'walk' ? 1 : count
    for (let steps = op === 'walk' ? count : 1; steps > 0; steps--) {
      const first = start(chain, places)
      writer.begin(chain, index, operations[op], segment.digest)
      for (let j = 0; j < pieces; j++) {
        const offset = (first + j * step) % places
        const bytes = image.read(segment.name, offset, length)
        // An available value need not be awaited.
        writer.add(offset, exactly(bytes instanceof Uint8Array ? bytes : yield bytes, length))
      }
      const next = crypto.sha256(writer.parts())
      chain = next instanceof Uint8Array ? next : yield next
    }
  }
  return chain
}

/** Where to start: bytes 2 to 7 of the chain, as one number, modulo the number of possible places. */
export const start = /* @__PURE__ */ markLive(
  'assay:live:fold-start',
  function (chain: Uint8Array, places: number): number {
    return numberAt(chain, 2, 6) % places
  },
)

function numberAt(bytes: Uint8Array, at: number, length: number): number {
  let number = 0
  for (let i = at; i < at + length; i++) number = number * 256 + (bytes[i] as number)
  return number
}
