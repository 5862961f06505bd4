import { accepted, type Target } from '../target/target.ts'

/** A parser without a fault: the fuzzer must find nothing in it. */
export const target: Target = {
  run: (input) => (input[0] === 0x30 ? accepted : 'refused'),
  seeds: [Buffer.of(0x30, 0)],
}
