import { rawRequests } from '../../kinds/raw-request.ts'

export const targetAbsolute = rawRequests({
  id: 'target-absolute',
  title: 'The request line names a host of its own',
  oat: 'OAT-014',
  method:
    'absolute targets without credentials and under a proof for that host; another Host field; no target',
  variants: [
    ({ request, host }) => request(`GET http://${host}/v1/orders`),
    ({ request }) => request('GET http://evil.example/v1/orders'),
    ({ request, token, proof }) =>
      request('GET http://evil.example/v1/orders', [
        token,
        proof({ claims: { htu: 'http://evil.example/v1/orders' } }),
      ]),
    ({ request, token, proof }) =>
      request('GET /v1/orders', [
        ['X-Forwarded-Host', 'evil.example'],
        token,
        proof({ claims: { htu: 'http://evil.example/v1/orders' } }),
      ]),
    ({ request }) => request('GET file:///v1/orders'),
    ({ request }) => request('GET *'),
  ],
})
