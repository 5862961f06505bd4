import { createPublicKey, verify } from 'node:crypto'
import type { TrustAnchor } from '../../port/verify-context.ts'
import { ExampleError } from '../errors.ts'
import type { ParsedExample } from '../parse.ts'

/** One of the anchors has signed the statement (ES256). An anchor that cannot be read is a malfunction. */
export function checkSignature({ signed, signature }: ParsedExample, anchors: readonly TrustAnchor[]): void {
  const verifies = anchors.some(({ publicKey }) => {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
  })
  if (!verifies) throw new ExampleError('EXAMPLE_SIGNATURE')
}
