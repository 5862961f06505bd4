import { createSoftwareKey, forgeProof } from '@assay/testkit'
import { encodePart, openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenJsonTricks = forgedRequest({
  id: 'token-json-tricks',
  title: 'A token whose JSON two parsers would read differently',
  oat: 'OAT-014',
  method: 'alg and aud twice, half a character, depth; under a signature of the right length',
  forge({ token, url }) {
    const { parts } = openJws(token)
    const text = (part: string) => Buffer.from(part, 'base64url').toString()
    const header = text(parts[0])
    const payload = text(parts[1])
    const forged = [
      [header.replace('{', '{"alg":"none",'), payload],
      [header, payload.replace('{', '{"aud":"https://a.example",')],
      [header, payload.replace('"jti":"', '"jti":"\\ud800')],
      [header, payload.replace('{', `{"x":${'['.repeat(200)}${']'.repeat(200)},`)],
    ] as const
    return forged.map(([head, body]) => ({
      token: `${encodePart(head)}.${encodePart(body)}.${parts[2]}`,
      proof: forgeProof(createSoftwareKey(), 'GET', url),
    }))
  },
})
