import { forgeProof } from '@assay/testkit'
import { encodePart, openJws } from '../../jws.ts'
import { forgedRequest } from '../../kinds/forged-request.ts'

export const tokenAlgNone = forgedRequest({
  id: 'token-alg-none',
  title: 'A token that says it needs no signature',
  oat: 'OAT-019',
  method: 'alg none in four spellings, with an empty and with the old signature',
  forge({ token, key, url }) {
    const { header, parts } = openJws(token)
    return ['none', 'None', 'NONE', 'nOnE'].flatMap((alg) =>
      ['', parts[2]].map((signature) => ({
        token: `${encodePart({ ...header, alg })}.${parts[1]}.${signature}`,
        proof: forgeProof(key, 'GET', url),
      })),
    )
  },
})
