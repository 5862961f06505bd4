import { decodeBase64urlOfLength, encodeBase64url, labels, utf8 } from '@assay/protocol'
import { sha256 } from '../material/bytes.ts'
import { member, orRefuse, type Answering } from './answering.ts'

export const answerAndroidKey: Answering = (input) => {
  const challenge = orRefuse(decodeBase64urlOfLength(member<string>(input, 'challenge'), 48), 'MALFORMED')
  return encodeBase64url(sha256(labels.androidKey, challenge))
}

export const answerAppAttest: Answering = (input) => {
  const binding = member<string>(input, 'binding')
  orRefuse(decodeBase64urlOfLength(binding, 32), 'MALFORMED')
  return encodeBase64url(sha256(utf8(binding)))
}
