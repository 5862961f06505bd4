import { accepted, type Target } from '../target/target.ts'

/** A faulty parser that proves that the fuzzer finds a crash: it follows an unbounded length. */
export const target: Target = {
  run(input) {
    if (input[0] === 0x30 && (input[1] ?? 0) > 0x80) {
      const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
      view.getUint8((input[1] ?? 0) + 1)
    }
    return accepted
  },
  seeds: [Buffer.from('30030201010000', 'hex')],
}
