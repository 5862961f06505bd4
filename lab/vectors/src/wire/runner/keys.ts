import { decodeBase64urlOfLength, encodeBase64url, labels, utf8 } from '@assay/protocol'
import { createPublicKey, verify } from 'node:crypto'
import type { PublicJwk } from '@assay/protocol'
import { sha256 } from '../material/bytes.ts'
import { member, orRefuse, type Answering, Refusal } from './answering.ts'

export const answerAndroidKey: Answering = (input) => {
  const challenge = orRefuse(decodeBase64urlOfLength(member<string>(input, 'challenge'), 48), 'MALFORMED')
  return encodeBase64url(sha256(labels.androidKey, challenge))
}

export const answerAppAttest: Answering = (input) => {
  const binding = member<string>(input, 'binding')
  orRefuse(decodeBase64urlOfLength(binding, 32), 'MALFORMED')
  return encodeBase64url(sha256(utf8(binding)))
}

/** The TypeScript SDK verifies nothing and its key stores give r ‖ s: Node answers, to hold the vectors themselves. */
export const answerSignatures: Answering = (input) => {
  const bytes = (name: string) => Buffer.from(member<string>(input, name), 'base64url')
  const key = createPublicKey({ key: { ...member<PublicJwk>(input, 'key') }, format: 'jwk' })
  if (!verify('sha256', bytes('data'), { key, dsaEncoding: 'ieee-p1363' }, bytes('signature'))) {
    throw new Refusal('SIGNATURE')
  }
  return true
}
