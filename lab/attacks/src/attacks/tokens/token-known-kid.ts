import { createSoftwareKey, forgeProof, signJws } from '@assay/testkit'
import { openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenKnownKid = forgedRequest({
  id: 'token-known-kid',
  title: "A token signed by the attacker's own key under the service's kid",
  oat: 'OAT-019',
  method: "bound to the attacker's key, whose proof is sound",
  forge({ token, url }) {
    const { header, payload } = openJws(token)
    const own = createSoftwareKey()
    return [
      {
        token: signJws(header, { ...payload, cnf: { jwk: own.publicJwk } }, own),
        proof: forgeProof(own, 'GET', url),
      },
    ]
  },
})
