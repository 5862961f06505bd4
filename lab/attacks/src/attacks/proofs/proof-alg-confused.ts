import { createPublicKey } from 'node:crypto'
import { createSoftwareKey, forgeProof, signJws } from '@assay/testkit'
import { encodePart, openJws, signHs256 } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofAlgConfused = forgedRequest({
  id: 'proof-alg-confused',
  title: "A proof without the device's signature",
  oat: 'OAT-020',
  method:
    "alg none, HS256 with the public key from the token, another key's signature under the device's key",
  forge({ token, key, url }) {
    const { header, payload, parts } = openJws(forgeProof(key, 'GET', url))
    const pem = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    })
    const proofs = [
      `${encodePart({ ...header, alg: 'none' })}.${parts[1]}.${parts[2]}`,
      signHs256({ ...header, alg: 'HS256' }, payload, pem),
      signHs256({ ...header, alg: 'HS256' }, payload, JSON.stringify(key.publicJwk)),
      signJws(header, payload, createSoftwareKey()),
    ]
    return proofs.map((proof) => ({ token, proof }))
  },
})
