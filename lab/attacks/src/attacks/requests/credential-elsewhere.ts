import { rawRequests } from '../../kinds/raw-request.ts'

export const credentialElsewhere = rawRequests({
  id: 'credential-elsewhere',
  title: 'Token and proof where they leak: query, cookie, body, trailers',
  oat: 'OAT-014',
  method: 'each of them genuine and in the wrong place',
  variants: [
    ({ request, token, proof }) => request(`GET /v1/orders?${token[0]}=${token[1]}&DPoP=${proof()[1]}`),
    ({ request, token, proof }) =>
      request('GET /v1/orders', [['Cookie', `${token[0]}=${token[1]}; DPoP=${proof()[1]}`]]),
    ({ request, token, proof }) =>
      request(
        'POST /v1/orders',
        [['Content-Type', 'application/x-www-form-urlencoded']],
        `${token[0]}=${token[1]}&DPoP=${proof({ method: 'POST' })[1]}`,
      ),
    ({ request, token, proof }) => {
      const trailers = [token, proof({ method: 'POST' })].map((field) => `${field.join(': ')}\r\n`).join('')
      const head = request('POST /v1/orders', [
        ['Transfer-Encoding', 'chunked'],
        ['Trailer', 'DPoP'],
      ])
      return `${head}0\r\n${trailers}\r\n`
    },
  ],
})
