import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenOtherAudience = forgedRequest({
  id: 'token-other-audience',
  title: 'A token for another API',
  oat: 'OAT-020',
  method: 'genuine, for the same app and key, with a sound proof',
  async forge({ device, key, url, world }) {
    const { token } = await device.client.getToken(world.apis.payments.url)
    return [{ token, proof: forgeProof(key, 'GET', url) }]
  },
})
