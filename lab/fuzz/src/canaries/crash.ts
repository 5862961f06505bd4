import { accepted, type Target } from '../target.ts'

/** A parser with a fault, to show that a crash is found: it follows a length that nothing bounds. */
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
