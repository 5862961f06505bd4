import type { Plan } from '../plan/plan.ts'
import type { StepWriter } from './step-writer.ts'

const headLength = 69
const placeLength = 12

/**
 * The faster writer, for the Verifier: one buffer, with room for the largest step of a plan, serves all steps. Many small
 * ones cost more than the hashing.
 */
export function bufferedStepWriter(plan: Plan): StepWriter {
  const largest = plan.reads.reduce(
    (most, read) => Math.max(most, (read.length + placeLength) * (read.op === 'stride' ? read.count : 1)),
    0,
  )
  const buffer = new Uint8Array(headLength + largest)
  const view = new DataView(buffer.buffer)
  let at = 0
  let parts = [buffer]
  return {
    begin(chain, index, operation, segmentDigest) {
      buffer.set(chain)
      view.setUint32(32, index)
      buffer[36] = operation
      buffer.set(segmentDigest, 37)
      at = headLength
    },
    add(offset, bytes) {
      view.setUint32(at, Math.floor(offset / 0x100000000))
      view.setUint32(at + 4, offset >>> 0)
      view.setUint32(at + 8, bytes.length)
      buffer.set(bytes, at + placeLength)
      at += placeLength + bytes.length
    },
    parts() {
      // Most steps of a plan have one length.
      if (parts[0]?.length !== at) parts = [buffer.subarray(0, at)]
      return parts
    },
  }
}
