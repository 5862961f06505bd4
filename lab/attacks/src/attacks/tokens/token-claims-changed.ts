import { createSoftwareKey, forgeProof } from '@assay/testkit'
import { encodePart, openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenClaimsChanged = forgedRequest({
  id: 'token-claims-changed',
  title: 'A genuine token with its claims changed',
  oat: 'OAT-019',
  method: 'another tier, later expiry, other key, other app; the signature is the old one',
  forge({ token, key, url, now }) {
    const { payload, parts } = openJws(token)
    const own = createSoftwareKey()
    const changed = (claims: object, prover = key) => ({
      token: `${parts[0]}.${encodePart({ ...payload, ...claims })}.${parts[2]}`,
      proof: forgeProof(prover, 'GET', url),
    })
    return [
      changed({ ear_status: payload['ear_status'] === 'affirming' ? 'warning' : 'affirming' }),
      changed({ exp: now + 100_000 }),
      changed({ cnf: { jwk: own.publicJwk } }, own),
      changed({ sub: 'com.example.other' }),
    ]
  },
})
