import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofOtherUrl = forgedRequest({
  id: 'proof-other-url',
  title: 'A proof for another URL, or one that only looks like it',
  oat: 'OAT-020',
  method: 'other path, host, port and scheme; user information, backslash, dots, case, an escaped slash',
  forge({ token, key, url, world }) {
    const { host, port } = new URL(world.apis.orders.url)
    const urls = [
      url.replace('orders', 'refunds'),
      `${url}/1`,
      url.replace('http:', 'https:'),
      url.replace(`:${port}`, ''),
      url.replace('127.0.0.1', 'api.evil.example'),
      `http://${host}@evil.example/v1/orders`,
      `http://evil.example@${host}/v1/orders`,
      `http://${host}\\v1\\orders`,
      url.replace('/v1', '/V1'),
      url.replace('/v1/', '/v1%2F'),
      url.replace('/v1', '//v1'),
      '/v1/orders',
    ]
    return urls.map((htu) => ({ token, proof: forgeProof(key, 'GET', htu) }))
  },
})
