import { forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const proofOtherMethod = forgedRequest({
  id: 'proof-other-method',
  title: 'A proof for reading is used for writing',
  oat: 'OAT-021',
  method: 'htm GET at POST, HEAD at GET, GET in lower case',
  forge: ({ token, key, url }) => [
    { token, proof: forgeProof(key, 'GET', url), method: 'POST' },
    { token, proof: forgeProof(key, 'HEAD', url) },
    { token, proof: forgeProof(key, 'get', url) },
  ],
})
