import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'
import { laterBy, shop } from '../../world.ts'

export const tokenExpired = forgedRequest({
  id: 'token-expired',
  title: 'A token past its time',
  oat: 'OAT-006',
  method: `an API whose clock is ${laterBy / 60} minutes ahead, a proof that is fresh there`,
  forge({ token, key, now, world: { apis } }) {
    const url = apis.later.url + shop.orders
    return [{ token, proof: forgeProof(key, 'GET', url, { iat: now + laterBy }), target: apis.later }]
  },
})
