import { createSoftwareKey, forgeProof } from '@assay/testkit'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenStolen = forgedRequest({
  id: 'token-stolen',
  title: 'A stolen token, without its key',
  oat: 'OAT-020',
  method: "the proof is made with the thief's own key",
  forge: ({ token, url }) => [{ token, proof: forgeProof(createSoftwareKey(), 'GET', url) }],
})
