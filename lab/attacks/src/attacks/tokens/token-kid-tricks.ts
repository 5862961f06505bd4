import { createSoftwareKey, forgeProof, signJws } from '@assay/testkit'
import { openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenKidTricks = forgedRequest({
  id: 'token-kid-tricks',
  title: 'A kid that is a path, a query, or far too long',
  oat: 'OAT-014',
  method: '../, a null device, SQL, a list, __proto__, 10 kB; also none at all',
  forge({ token, key, url }) {
    const { header, payload } = openJws(token)
    const own = createSoftwareKey()
    const kids = ['../../dev/null', "' or '1'='1", ['a'], '__proto__', 'k'.repeat(10_000), undefined, null, 0]
    return kids.map((kid) => ({
      token: signJws({ ...header, kid }, payload, own),
      proof: forgeProof(key, 'GET', url),
    }))
  },
})
