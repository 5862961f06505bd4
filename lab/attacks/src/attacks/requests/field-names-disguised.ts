import { rawRequests } from '../../kinds/raw-request.ts'

const line = 'GET /v1/orders'

export const fieldNamesDisguised = rawRequests({
  id: 'field-names-disguised',
  title: 'Fields under names that only look right',
  oat: 'OAT-014',
  method:
    'underscores, a space before the colon, a null character, a line feed alone, a prefix that gateways strip',
  variants: [
    ({ request, token, proof }) => request(line, [['OAuth_Client_Attestation', token[1]], proof()]),
    ({ request, token, proof }) => request(line, [token, ['DPoP ', proof()[1]]]),
    ({ request, token, proof }) => request(line, [token, ['DPoP\0', proof()[1]]]),
    ({ request, token, proof }) => request(line, [token, ['X-Note', `a\nDPoP: ${proof()[1]}`]]),
    ({ request, token, proof }) => request(line, [token, ['X-Note', `a\rDPoP: ${proof()[1]}`]]),
    ({ request, token, proof }) => request(line, [['X-OAuth-Client-Attestation', token[1]], proof()]),
  ],
})
