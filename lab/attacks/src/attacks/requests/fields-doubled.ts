import { rawRequests } from '../../kinds/raw-request.ts'

const line = 'GET /v1/orders'

export const fieldsDoubled = rawRequests({
  id: 'fields-doubled',
  title: 'A field is sent twice',
  oat: 'OAT-014',
  method: 'proof, token and Authorization, before and after, with junk, empty and in another case',
  variants: [
    ({ request, token, proof }) => request(line, [token, proof(), proof()]),
    ({ request, token, proof }) => request(line, [token, ['DPoP', 'junk'], proof()]),
    ({ request, token, proof }) => request(line, [token, proof(), ['dpop', '']]),
    ({ request, token, proof }) => request(line, [token, token, proof()]),
    ({ request, token, proof }) => request(line, [['oauth-client-attestation', 'junk'], token, proof()]),
    ({ request, token, proof }) =>
      request(line, [token, proof(), ['Authorization', 'Bearer a'], ['Authorization', 'Bearer b']]),
  ],
})
