import { rawRequests } from '../../kinds/raw-request.ts'

const line = 'GET /v1/orders'

export const fieldsJoined = rawRequests({
  id: 'fields-joined',
  title: 'Two values are joined by a comma, as proxies do',
  oat: 'OAT-014',
  method: 'two proofs, two tokens, a value and an empty one, two logins in one Authorization',
  variants: [
    ({ request, token, proof }) => request(line, [token, ['DPoP', `${proof()[1]}, ${proof()[1]}`]]),
    ({ request, token, proof }) => request(line, [token, ['DPoP', `${proof()[1]},`]]),
    ({ request, token, proof }) => request(line, [token, ['DPoP', `junk,${proof()[1]}`]]),
    ({ request, token, proof }) => request(line, [[token[0], `${token[1]},${token[1]}`], proof()]),
    ({ request, token, proof }) => request(line, [token, proof(), ['Authorization', 'Bearer a, Bearer b']]),
  ],
})
