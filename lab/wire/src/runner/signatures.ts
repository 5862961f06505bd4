import { createPublicKey, verify } from 'node:crypto'
import type { PublicJwk } from '@assay/protocol'
import { member, Refusal, type Answering } from './answering.ts'

/** The TypeScript SDK verifies nothing and its key stores give r ‖ s: Node answers, to hold the vectors themselves. */
export const answerSignatures: Answering = (input) => {
  const bytes = (name: string) => Buffer.from(member<string>(input, name), 'base64url')
  const key = createPublicKey({ key: { ...member<PublicJwk>(input, 'key') }, format: 'jwk' })
  if (!verify('sha256', bytes('data'), { key, dsaEncoding: 'ieee-p1363' }, bytes('signature'))) {
    throw new Refusal('SIGNATURE')
  }
  return true
}
