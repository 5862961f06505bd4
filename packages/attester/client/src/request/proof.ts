import { encodeBase64url, utf8, type jwtTypes } from '@assay/protocol'
import type { InstallationKey } from '../ports.ts'

/** Claims of a DPoP proof (RFC 9449 section 4.2). */
export interface ProofClaims {
  jti: string
  /** The method as sent. */
  htm: string
  /** The URL without query and fragment. */
  htu: string
  /** Unix seconds at the service. */
  iat: number
  /** Base64url SHA-256 of the token in `Authorization`. */
  ath?: string | undefined
  nonce?: string | undefined
}

/** A DPoP proof by the installation key, which the token names in `cnf`. */
export async function signProof(key: InstallationKey, claims: ProofClaims): Promise<string> {
  // Held against the contract by type only, so that the rest of it stays out of the app.
  const header = { typ: 'dpop+jwt' satisfies typeof jwtTypes.dpop, alg: 'ES256', jwk: key.publicJwk }
  const input = [header, claims].map((part) => encodeBase64url(utf8(JSON.stringify(part)))).join('.')
  return `${input}.${encodeBase64url(await key.sign(utf8(input)))}`
}
