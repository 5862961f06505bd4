import { accepted, type Target } from '../target.ts'

/** A parser without a fault: in it nothing may be found. */
export const target: Target = {
  run: (input) => (input[0] === 0x30 ? accepted : 'refused'),
  seeds: [Buffer.of(0x30, 0)],
}
