import { rawRequests } from '../../kinds/raw-request.ts'

export const methodOverride = rawRequests({
  id: 'method-override',
  title: 'A proof for reading, and a field that turns the request into writing',
  oat: 'OAT-021',
  method: 'override fields and parameters, other methods, methods in lower case',
  variants: [
    ({ request, token, proof }) =>
      request('POST /v1/orders', [token, proof({ method: 'GET' }), ['X-HTTP-Method-Override', 'GET']]),
    ({ request, token, proof }) =>
      request('POST /v1/orders?_method=GET', [token, proof({ method: 'GET' }), ['X-HTTP-Method', 'GET']]),
    ({ request, token, proof }) => request('PUT /v1/orders', [token, proof({ method: 'GET' })]),
    ({ request, token, proof }) => request('post /v1/orders', [token, proof({ method: 'POST' })]),
    ({ request }) => request('OPTIONS /v1/orders', [['Access-Control-Request-Method', 'GET']]),
    ({ request }) => request('TRACE /v1/orders'),
  ],
})
