import { headerNames, jwtTypes } from '@assay/protocol'
import type { ProofForm } from './proof.ts'

/**
 * The proof of draft-ietf-oauth-attestation-based-client-auth-10 section 5.2: a PoP JWT for the audience, and not for one
 * request. For authorization servers without combined mode, and for APIs that use DPoP with another key.
 */
export const attestationPop: ProofForm = {
  field: headerNames.attestationPop,
  nonceFields: [headerNames.attestationChallenge],
  write: (_key, { audience, jti, iat, nonce }) => [
    { typ: jwtTypes.attestationPop, alg: 'ES256' },
    { aud: audience, jti, iat, challenge: nonce },
  ],
}
