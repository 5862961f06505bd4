import { sign } from 'node:crypto'
import { forgeProof } from '@assay/testkit'
import { encodePart, openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofJsonTricks = forgedRequest({
  id: 'proof-json-tricks',
  title: 'A proof whose JSON two parsers would read differently',
  oat: 'OAT-014',
  method: 'htu and jwk twice, half a character, depth, __proto__; each validly signed by the device',
  forge({ token, key, url }) {
    const { parts } = openJws(forgeProof(key, 'GET', url))
    const text = (part: string) => Buffer.from(part, 'base64url').toString()
    const header = text(parts[0])
    const payload = text(parts[1])
    const forged = [
      [header, payload.replace('{', '{"htu":"http://evil.example/",')],
      [header.replace('{', '{"jwk":{},'), payload],
      [header, payload.replace('"jti":"', '"jti":"\\udfff')],
      [header, payload.replace('{', `{"x":${'['.repeat(100)}${']'.repeat(100)},`)],
      [header, payload.replace('{', '{"__proto__":{},')],
    ] as const
    return forged.map(([head, body]) => {
      const input = `${encodePart(head)}.${encodePart(body)}`
      const use = { key: key.privateKey, dsaEncoding: 'ieee-p1363' } as const
      return { token, proof: `${input}.${sign('sha256', Buffer.from(input), use).toString('base64url')}` }
    })
  },
})
