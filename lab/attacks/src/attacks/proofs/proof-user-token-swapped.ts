import { createHash } from 'node:crypto'
import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofUserTokenSwapped = forgedRequest({
  id: 'proof-user-token-swapped',
  title: "Someone else's login beside a captured proof",
  oat: 'OAT-008',
  method: 'the access token in Authorization is exchanged, added, or taken away',
  forge({ token, key, url }) {
    const ath = createHash('sha256').update('token-of-victim').digest('base64url')
    const covering = () => forgeProof(key, 'GET', url, { ath })
    return [
      { token, proof: covering(), headers: { authorization: 'DPoP token-of-another' } },
      { token, proof: forgeProof(key, 'GET', url), headers: { authorization: 'Bearer token-of-another' } },
      { token, proof: covering() },
    ]
  },
})
