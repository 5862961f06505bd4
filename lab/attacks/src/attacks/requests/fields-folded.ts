import { rawRequests } from '../../kinds/raw-request.ts'

const line = 'GET /v1/orders'

export const fieldsFolded = rawRequests({
  id: 'fields-folded',
  title: 'A value is folded over two lines (obs-fold)',
  oat: 'OAT-014',
  method:
    'a second proof in the fold, a proof in two halves, a proof in the fold of a field that nobody reads',
  variants: [
    ({ request, token, proof }) => request(line, [token, ['DPoP', `${proof()[1]}\r\n ,${proof()[1]}`]]),
    ({ request, token, proof }) => request(line, [token, ['DPoP', proof()[1].replace('.', '.\r\n ')]]),
    ({ request, token, proof }) => request(line, [token, ['X-Note', `a\r\n DPoP: ${proof()[1]}`]]),
    ({ request, token, proof }) => request(line, [proof(), ['X-Note', `a\r\n\t${token.join(': ')}`]]),
  ],
})
