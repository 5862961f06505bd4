import { rawRequests } from '../../kinds/raw-request.ts'

export const fieldsOversized = rawRequests({
  id: 'fields-oversized',
  title: 'Fields that take long to read',
  oat: 'OAT-015',
  method: 'proofs and tokens of 7 and 60 kB, 2,000 small fields',
  variants: [
    ({ request, token, proof }) =>
      request('GET /v1/orders', [token, proof({ claims: { pad: 'x'.repeat(5_000) } })]),
    ({ request, token }) => request('GET /v1/orders', [token, ['DPoP', 'a.'.repeat(30_000)]]),
    ({ request, proof }) =>
      request('GET /v1/orders', [['OAuth-Client-Attestation', 'e30.'.repeat(1_750)], proof()]),
    ({ request }) =>
      request(
        'GET /v1/orders',
        Array.from({ length: 2_000 }, (_, i) => [`DPoP-${i}`, 'x'] as const),
      ),
  ],
})
