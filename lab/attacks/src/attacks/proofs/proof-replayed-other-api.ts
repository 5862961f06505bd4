import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofReplayedOtherApi = forgedRequest({
  id: 'proof-replayed-other-api',
  title: 'Token and proof of one API are sent to another',
  oat: 'OAT-020',
  method: "as captured, and with the other API's own token beside the captured proof",
  async forge({ token, key, url, device, world: { apis } }) {
    const other = await device.client.getToken(apis.payments.url)
    return [
      { token, proof: forgeProof(key, 'GET', url), target: apis.payments },
      { token: other.token, proof: forgeProof(key, 'GET', url), target: apis.payments },
    ]
  },
})
