import { rawRequests } from '../../kinds/raw-request.ts'

const evil = 'https://evil.example/v1/orders'

export const forwardedFields = rawRequests({
  id: 'forwarded-fields',
  title: 'Fields that only a proxy should set say what was asked for',
  oat: 'OAT-014',
  method: 'a proof that was made for another host or path, with the fields that would make it fit',
  variants: [
    ({ request, token, proof }) =>
      request('GET /v1/orders', [
        token,
        proof({ claims: { htu: evil } }),
        ['X-Forwarded-Host', 'evil.example'],
        ['X-Forwarded-Proto', 'https'],
      ]),
    ({ request, token, proof }) =>
      request('GET /v1/orders', [
        token,
        proof({ claims: { htu: evil } }),
        ['Forwarded', 'host=evil.example;proto=https'],
      ]),
    ({ request, token, proof }) =>
      request('GET /v1/orders', [token, proof({ path: '/v1/news' }), ['X-Original-URL', '/v1/news']]),
    ({ request, token, proof }) =>
      request('GET /v1/news', [token, proof({ path: '/v1/news' }), ['X-Rewrite-URL', '/v1/orders']]),
    ({ request }) => request('GET /health', [['X-Original-URL', '/v1/orders']]),
    ({ request }) => request('GET /v1/orders', [['X-Forwarded-Prefix', '/health']]),
    ({ request }) => request('GET /v1/orders', [['X-Forwarded-For', '127.0.0.1']]),
  ],
})
