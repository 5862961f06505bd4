import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofJtiTricks = forgedRequest({
  id: 'proof-jti-tricks',
  title: 'Proofs that the replay store could not remember',
  oat: 'OAT-015',
  method: 'no jti, a short one, one of 4 kB, one with a line break, a number',
  forge: ({ token, key, url }) =>
    [undefined, 'short', 'j'.repeat(4000), 'line\nbreak-1', 12345678].map((jti) => ({
      token,
      proof: forgeProof(key, 'GET', url, { jti }),
    })),
})
