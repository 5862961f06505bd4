import { headerNames, jwtTypes } from '@assay/protocol'
import { randomUUID } from 'node:crypto'
import { forgeProof, signJws } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofWeakerMethod = forgedRequest({
  id: 'proof-weaker-method',
  title: 'Downgrade: a proof for the whole API in place of one for the request',
  oat: 'OAT-020',
  method: "the draft's PoP JWT beside a DPoP proof, at an API that asks for DPoP",
  forge({ token, key, url, now, world }) {
    const claims = { aud: world.apis.orders.url, iat: now, jti: randomUUID() }
    const pop = signJws({ typ: jwtTypes.attestationPop, alg: 'ES256' }, claims, key)
    return [{ token, proof: forgeProof(key, 'GET', url), headers: { [headerNames.attestationPop]: pop } }]
  },
})
