import {
  decodeBase64url,
  encodeBase64url,
  labelOf,
  lengthPrefixed,
  thumbprintInput,
  uint32,
  uint64,
  utf8,
  type PublicJwk,
} from '@assay/protocol'
import { hex, sha256 } from '../material/bytes.ts'
import { member, orRefuse, Refusal, type Answering } from './answering.ts'

export const answerEncodings: Answering = (input) => {
  const text = member<string>(input, 'text')
  const bytes = () => new Uint8Array(Buffer.from(member<string>(input, 'hex'), 'hex'))
  const value = member<number>(input, 'value')
  switch (input['op']) {
    case 'base64url.encode':
      return encodeBase64url(bytes())
    case 'base64url.decode':
      return hex(orRefuse(decodeBase64url(text), 'MALFORMED'))
    case 'utf8':
      return hex(utf8(text))
    case 'lp':
      return hex(lengthPrefixed(bytes()))
    case 'lp.text':
      return hex(lengthPrefixed(text))
    case 'u32':
      return hex(uint32(value))
    case 'u64':
      return hex(uint64(value))
    case 'label':
      return hex(labelOf(member<Parameters<typeof labelOf>[0]>(input, 'name')))
    case 'thumbprint':
      return encodeBase64url(sha256(thumbprintInput(member<PublicJwk>(input, 'jwk'))))
    default:
      throw new Refusal('UNKNOWN_OP')
  }
}
