import {
  isJsonObject,
  jwtTypes,
  readPublicJwk,
  type JsonObject,
  type JsonValue,
  type PublicJwk,
} from '@assay/protocol'
import type { ProofMethod } from '../decision/decision.ts'
import type { GuardRefusalCode } from '../decision/error-codes.ts'
import { isJwtType } from '../token/jwt-form.ts'

/** The differences between the two proof methods. Nothing below this table checks the method. */
export interface ProofProfile {
  readonly method: ProofMethod
  readonly type: string
  /** The claim that carries the server's nonce. */
  readonly nonceClaim: 'nonce' | 'challenge'
  /** Whether the proof is for one request (method, URI, access token) or for the API as a whole. */
  readonly covers: 'request' | 'audience'
  /** What the header must state about the key; the token defines which key it is. */
  readonly checkKey: (header: JsonObject, confirmed: PublicJwk) => GuardRefusalCode | undefined
}

export const proofProfiles: Readonly<Record<ProofMethod, ProofProfile>> = {
  dpop_combined: {
    method: 'dpop_combined',
    type: jwtTypes.dpop,
    nonceClaim: 'nonce',
    covers: 'request',
    checkKey(header, confirmed) {
      const jwk = header['jwk']
      if (isWritten(jwk, confirmed)) return undefined
      const read = readPublicJwk(jwk)
      if (!read.ok) return 'PROOF_KEY'
      return read.jwk.x === confirmed.x && read.jwk.y === confirmed.y ? undefined : 'PROOF_KEY_MISMATCH'
    },
  },
  attestation_pop_jwt: {
    method: 'attestation_pop_jwt',
    type: jwtTypes.attestationPop,
    nonceClaim: 'challenge',
    covers: 'audience',
    // Its header names no key: the token's is the only one that may verify it.
    checkKey: () => undefined,
  },
}

/** Whether `jwk` is the confirmed key, member for member: the latter has already been parsed. */
function isWritten(jwk: JsonValue | undefined, { kty, crv, x, y }: PublicJwk): boolean {
  if (!isJsonObject(jwk) || Object.keys(jwk).length !== 4) return false
  return jwk['kty'] === kty && jwk['crv'] === crv && jwk['x'] === x && jwk['y'] === y
}

/** Type, algorithm and key of a proof. The same header always means the same key, whatever the payload. */
export function checkProofHeader(
  profile: ProofProfile,
  header: JsonObject,
  confirmed: PublicJwk,
): GuardRefusalCode | undefined {
  if (!isJwtType(header['typ'], profile.type)) return 'PROOF_TYPE'
  if (header['alg'] !== 'ES256') return 'PROOF_ALGORITHM'
  if (Object.hasOwn(header, 'crit')) return 'PROOF_CRITICAL'
  return profile.checkKey(header, confirmed)
}
