import { accepted, type Target } from '../target/target.ts'

const seen = new Map<number, Uint8Array>()

/** A faulty parser that proves that the fuzzer finds growth: it remembers every input. */
export const target: Target = {
  run(input) {
    seen.set(seen.size, Uint8Array.from(input))
    return accepted
  },
  seeds: [new Uint8Array(64)],
}
