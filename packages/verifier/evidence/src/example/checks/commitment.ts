import { timingSafeEqual } from 'node:crypto'
import { ExampleError } from '../errors.ts'
import type { Statement } from '../parse.ts'

/** The statement was made for this client data. */
export function checkCommitment({ commitment }: Statement, expected: Uint8Array): void {
  if (commitment.length !== expected.length || !timingSafeEqual(commitment, expected)) {
    throw new ExampleError('EXAMPLE_COMMITMENT')
  }
}
