import { encodeBase64url, utf8, type headerNames, type jwtTypes } from '@assay/protocol'
import type { InstallationKey } from '../runtime/ports.ts'
import type { Url } from '../url/url.ts'

/** What a proof may state about one request. */
export interface ProofInput {
  audience: string
  url: Url
  /** The method as sent. */
  method: string
  /** 16 random bytes, base64url. */
  jti: string
  /** Unix seconds at the service. */
  iat: number
  /** Base64url SHA-256 of the token in `Authorization`. */
  ath: string | undefined
  /** The last value that the server gave in one of `nonceFields`. */
  nonce: string | undefined
}

/** A form of proof of possession: DPoP unless the app chooses otherwise. */
export interface ProofForm {
  /** The header in which it is sent. */
  readonly field: (typeof headerNames)['dpop' | 'attestationPop']
  /** Headers in which servers give nonces for it, in order of preference. */
  readonly nonceFields: readonly string[]
  /** The JWT's header, whose `alg` is ES256, and its claims; members that are `undefined` are left out. */
  write(key: InstallationKey, input: ProofInput): readonly [header: object, claims: object]
}

// Names are checked against the contract by type only: a bundler keeps an object that reads a member of another one, and
// with it the whole contract.
/** DPoP in combined mode: RFC 9449 section 4.2, by the key that the token names in `cnf`. */
export const dpopProof: ProofForm = {
  field: 'DPoP',
  nonceFields: [
    'DPoP-Nonce' satisfies (typeof headerNames)['dpopNonce'],
    'OAuth-Client-Attestation-Challenge' satisfies (typeof headerNames)['attestationChallenge'],
  ],
  write: ({ publicJwk }, { jti, method, url, iat, ath, nonce }) => [
    { typ: 'dpop+jwt' satisfies (typeof jwtTypes)['dpop'], alg: 'ES256', jwk: publicJwk },
    { jti, htm: method, htu: url.origin + url.pathname, iat, ath, nonce },
  ],
}

/** The headers and claims as a JWT (RFC 7515) signed ES256 by the installation key. */
export async function signProof(form: ProofForm, key: InstallationKey, input: ProofInput): Promise<string> {
  const signed = form
    .write(key, input)
    .map((part) => encodeBase64url(utf8(JSON.stringify(part))))
    .join('.')
  return `${signed}.${encodeBase64url(await key.sign(utf8(signed)))}`
}

/**
 * The proof of draft-ietf-oauth-attestation-based-client-auth-10 section 5.2: a PoP JWT for the audience, and not for one
 * request. For authorization servers without combined mode, and for APIs that use DPoP with another key.
 */
export const attestationPop: ProofForm = {
  field: 'OAuth-Client-Attestation-PoP',
  nonceFields: ['OAuth-Client-Attestation-Challenge' satisfies (typeof headerNames)['attestationChallenge']],
  write: (_key, { audience, jti, iat, nonce }) => [
    { typ: 'oauth-client-attestation-pop+jwt' satisfies (typeof jwtTypes)['attestationPop'], alg: 'ES256' },
    { aud: audience, jti, iat, challenge: nonce },
  ],
}
