import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofStale = forgedRequest({
  id: 'proof-stale',
  title: 'Proofs that were made long before, or for later',
  oat: 'OAT-006',
  method: 'ten minutes old, ten minutes ahead, and times that are no times',
  forge: ({ token, key, url, now }) =>
    [now - 600, now + 600, String(now), -1, now + 600.5, null, 1e300].map((iat) => ({
      token,
      proof: forgeProof(key, 'GET', url, { iat }),
    })),
})
