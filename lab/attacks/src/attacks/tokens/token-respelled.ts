import { forgeProof } from '@assay/testkit'
import { openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

/** An ECDSA signature of 64 bytes as DER, which other libraries write. */
function asDer(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  const integer = (part: Buffer) => {
    const body = (part[0] as number) > 127 ? Buffer.concat([Buffer.alloc(1), part]) : part
    return Buffer.concat([Buffer.of(2, body.length), body])
  }
  const both = Buffer.concat([integer(bytes.subarray(0, 32)), integer(bytes.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, both.length), both]).toString('base64url')
}

export const tokenRespelled = forgedRequest({
  id: 'token-respelled',
  title: 'A genuine token in another spelling, past a deny list or a cache',
  oat: 'OAT-006',
  method:
    'padding, characters behind the signature, the ordinary base64 alphabet, a DER signature, four parts',
  forge({ token, key, url }) {
    const [header, payload, signature] = openJws(token).parts
    const spelled = [
      `${token}=`,
      `${token}A`,
      `${token}.x`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}.${asDer(signature)}`,
      `${header}.${payload}.${signature.slice(0, -1)}`,
      `"${token}"`,
    ]
    return spelled.map((text) => ({ token: text, proof: forgeProof(key, 'GET', url) }))
  },
})
