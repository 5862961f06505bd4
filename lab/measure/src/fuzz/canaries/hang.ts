import { accepted, type Target } from '../target/target.ts'

/** A faulty parser that proves that the fuzzer finds a hang: it never gets past an element of length 0. */
export const target: Target = {
  run(input) {
    let at = 0
    while (at < input.length) at += input[at] === 0xff ? 0 : 1
    return accepted
  },
  seeds: [Buffer.from('0102030405060708', 'hex')],
}
