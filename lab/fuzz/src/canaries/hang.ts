import { accepted, type Target } from '../target.ts'

/** A parser with a fault, to show that a hang is found: an element of no length is never passed. */
export const target: Target = {
  run(input) {
    let at = 0
    while (at < input.length) at += input[at] === 0xff ? 0 : 1
    return accepted
  },
  seeds: [Buffer.from('0102030405060708', 'hex')],
}
