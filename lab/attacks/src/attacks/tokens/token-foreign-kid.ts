import { createSoftwareKey, forgeProof, signJws } from '@assay/testkit'
import { openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenForeignKid = forgedRequest({
  id: 'token-foreign-kid',
  title: "A token signed by the attacker's own key under its own kid",
  oat: 'OAT-019',
  method: 'issuer and claims as the service writes them',
  forge({ token, key, url }) {
    const { header, payload } = openJws(token)
    const own = createSoftwareKey()
    return [
      {
        token: signJws({ ...header, kid: own.thumbprint }, payload, own),
        proof: forgeProof(key, 'GET', url),
      },
    ]
  },
})
