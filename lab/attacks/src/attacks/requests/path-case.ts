import { rawRequests } from '../../kinds/raw-request.ts'

export const pathCase = rawRequests({
  id: 'path-case',
  title: 'The path in other letters',
  oat: 'OAT-014',
  method:
    'without credentials, for routers that ignore case where the guard might not; and under a proof for the usual case',
  variants: [
    ({ request }) => request('GET /V1/orders'),
    ({ request }) => request('GET /v1/ORDERS'),
    ({ request }) => request('GET /V1/ORDERS'),
    ({ request, token, proof }) => request('GET /V1/Orders', [token, proof()]),
    ({ request, token, proof }) => request('GET /v1/orders', [token, proof({ path: '/V1/Orders' })]),
  ],
})
