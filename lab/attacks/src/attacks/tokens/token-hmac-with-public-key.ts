import { createPublicKey } from 'node:crypto'
import { paths, type Jwks } from '@assay/protocol'
import { forgeProof } from '@assay/testkit'
import { openJws, signHs256 } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

/** The service's public keys in every form in which a library might hold them. */
async function spellings(service: string): Promise<(string | Buffer)[]> {
  const response = await fetch(new URL(paths.jwks, service))
  const text = await response.text()
  const { keys } = JSON.parse(text) as Jwks
  return keys.flatMap((jwk) => {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    return [
      text,
      JSON.stringify(jwk),
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      Buffer.from(jwk.x, 'base64url'),
    ]
  })
}

export const tokenHmacWithPublicKey = forgedRequest({
  id: 'token-hmac-with-public-key',
  title: "A token signed HS256, with the service's public key as the secret",
  oat: 'OAT-019',
  method: 'the key as JWKS, JWK, PEM, DER and raw coordinate; the tier is raised',
  async forge({ token, key, url, world }) {
    const { header, payload } = openJws(token)
    const claims = { ...payload, ear_status: 'affirming' }
    return (await spellings(world.service)).map((secret) => ({
      token: signHs256({ ...header, alg: 'HS256' }, claims, secret),
      proof: forgeProof(key, 'GET', url),
    }))
  },
})
