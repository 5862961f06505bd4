import { createSoftwareKey, forgeProof, signJws } from '@assay/testkit'
import { openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenTypeConfused = forgedRequest({
  id: 'token-type-confused',
  title: 'Another kind of JWT in place of the token',
  oat: 'OAT-019',
  method: 'a proof, an access token by its type, one without type, one with a critical extension',
  forge({ token, key, url }) {
    const { header, payload } = openJws(token)
    const own = createSoftwareKey()
    const proof = () => forgeProof(key, 'GET', url)
    return [
      { token: proof(), proof: proof() },
      { token: signJws({ ...header, typ: 'at+jwt' }, payload, own), proof: proof() },
      { token: signJws({ ...header, typ: undefined }, payload, own), proof: proof() },
      { token: signJws({ ...header, crit: ['b64'], b64: false }, payload, own), proof: proof() },
    ]
  },
})
