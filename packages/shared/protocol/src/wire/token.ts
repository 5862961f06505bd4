import type { Channel } from './provisioning.ts'
import type { HolderKey } from './app-evidence.ts'
import type { PublicJwk } from './jwk.ts'
import type { Platform, Tier, TokenMode } from './tier.ts'

/** Maximum lifetime of a token in seconds, by mode. */
export const longestTokenLifetime: Record<TokenMode, number> = { bound: 900, bearer: 300 }

/** Maximum lifetime of a token of kind `access` in seconds, in either mode: stock resource servers see no ban before. */
export const longestAccessTokenLifetime = 300

/** Tiers that an API of kind `access` may admit: stock resource servers look at no tier, so none is issued below these. */
export const accessTokenTiers = ['affirming', 'warning'] as const
export type AccessTokenTier = (typeof accessTokenTiers)[number]

/** Signature algorithms of tokens: asymmetric only, so that a relying party can never mint tokens. */
export const tokenAlgorithms = ['ES256', 'Ed25519'] as const
export type TokenAlgorithm = (typeof tokenAlgorithms)[number]

/** Claims of the client attestation JWT (draft-ietf-oauth-attestation-based-client-auth-10 section 2, and ours). */
export interface TokenClaims {
  iss: string
  /** App id. */
  sub: string
  /** Exactly one API. */
  aud: string
  /** Unix seconds. */
  iat: number
  /** Unix seconds. */
  exp: number
  jti: string
  cnf: { jwk: PublicJwk }
  /**
   * Pseudonym of the installation at this API: stable for one key and audience, different for each audience. `cnf.jwk`
   * is not.
   */
  installation: string
  build: string
  /** For whom the build is; left out for `production`. */
  channel?: Exclude<Channel, 'production'>
  platform: Platform
  /** EAR tier word. */
  ear_status: Tier
  /** How the key in `cnf` is kept. A software key that hardware vouches for is never called a hardware key. */
  holder_key: HolderKey
  mode: TokenMode
  /**
   * Only in development tokens, as `true`: nothing was appraised, `ear_status` is `none`, and the signing key is not in
   * the production JWKS.
   */
  development?: true
  /**
   * Only as `true`: the policy refused the installation, `ear_status` is its actual tier, and the token was issued
   * because an operator lets it through as a test device.
   */
  allowed?: true
}

/** Claims of a token of kind `access` (RFC 9068 section 2.2, RFC 9449 section 6, and ours). */
export interface AccessTokenClaims extends Pick<
  TokenClaims,
  'iss' | 'aud' | 'iat' | 'exp' | 'jti' | 'build' | 'channel' | 'platform' | 'holder_key'
> {
  /** Pseudonym of the installation at this API: {@link TokenClaims.installation}. Never a user. */
  sub: string
  /** App id. */
  client_id: string
  /** JWK thumbprint of the installation key (RFC 9449 section 6.1); left out as bearer. */
  cnf?: { jkt: string }
  /** EAR tier word. */
  ear_status: AccessTokenTier
}

/** A public key as the JWKS publishes it. */
export type VerificationJwk =
  | (PublicJwk & { alg: 'ES256'; use: 'sig'; kid: string })
  | { kty: 'OKP'; crv: 'Ed25519'; x: string; alg: 'Ed25519'; use: 'sig'; kid: string }

export interface Jwks {
  keys: VerificationJwk[]
}
