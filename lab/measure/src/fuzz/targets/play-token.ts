import { playIntegrity, PlayIntegrityError, playIntegrityErrorCodes } from '@assay/evidence/play-integrity'
import { itemOf } from '../inputs/evidence-items.ts'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

const header = Buffer.from(JSON.stringify({ alg: 'A256KW', enc: 'A256GCM' })).toString('base64url')
const token = [
  header,
  ...[40, 12, 100, 16].map((length) => Buffer.alloc(length, 7).toString('base64url')),
].join('.')

/** The token as it comes, before anything is decrypted; an input that is JSON is a whole evidence item. */
export const target: Target = {
  run: (input) =>
    outcomeOfThrowing(
      () => playIntegrity.parse(itemOf(input, wrap)),
      PlayIntegrityError,
      playIntegrityErrorCodes,
    ),
  seeds: [token, JSON.stringify({ format: 'play-integrity', token })].map((text) => Buffer.from(text)),
  vectors: {
    folder: 'play-integrity',
    inputs: ({ token: issued }) => (typeof issued === 'string' ? [Buffer.from(issued)] : []),
  },
}

function wrap(input: Uint8Array) {
  return { format: 'play-integrity', token: Buffer.from(input).toString('latin1') }
}
