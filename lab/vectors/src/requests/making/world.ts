import { digest, encode, signature, signed, signingKey, type SigningKey } from './signing.ts'

/** The one issuer, API and installation of the cases, and what they sign. */

/** Unix seconds at which everything happens unless a step says otherwise. */
export const now = 1_790_000_000
export const issuer = 'https://attest.example'
export const audience = 'https://api.example.com'
export const app = 'com.example.app'
export const path = '/v1/orders'

export const keys = {
  issuer: signingKey('ES256', 'issuer'),
  issuer_ed25519: signingKey('Ed25519', 'issuer'),
  /** Published after a rotation. */
  issuer_next: signingKey('ES256', 'issuer, next'),
  stranger: signingKey('ES256', 'stranger'),
  installation: signingKey('ES256', 'installation'),
  other_installation: signingKey('ES256', 'other installation'),
} as const

export const published = ({ alg, jwk }: SigningKey, kid: string) => ({ ...jwk, alg, use: 'sig', kid })

export const jwks = { keys: [published(keys.issuer, 'key-1'), published(keys.issuer_ed25519, 'key-2')] }

/** Members that are `undefined` are left out. */
export type Changes = Readonly<Record<string, unknown>>

export const tokenHeader = { typ: 'oauth-client-attestation+jwt', alg: 'ES256', kid: 'key-1' }
export const tokenClaims = {
  iss: issuer,
  sub: app,
  aud: audience,
  iat: now - 5,
  exp: now + 295,
  jti: 'token-0001',
  cnf: { jwk: keys.installation.jwk },
  installation: 'pseudonym-1',
  build: '1.4.2+142',
  platform: 'android',
  ear_status: 'warning',
  holder_key: 'software',
  mode: 'bound',
}

export function token(claims: Changes = {}, header: Changes = {}, key: SigningKey = keys.issuer): string {
  return signed({ ...tokenHeader, ...header }, { ...tokenClaims, ...claims }, key)
}

/** Under the second key of the issuer. */
export const edwardsToken = (claims: Changes = {}, header: Changes = {}) =>
  token(claims, { alg: 'Ed25519', kid: 'key-2', ...header }, keys.issuer_ed25519)

export const proofHeader = { typ: 'dpop+jwt', alg: 'ES256', jwk: keys.installation.jwk }
export const proofClaims = { jti: 'proof-00000001', htm: 'POST', htu: audience + path, iat: now }

export function proof(
  claims: Changes = {},
  header: Changes = {},
  key: SigningKey = keys.installation,
): string {
  return signed({ ...proofHeader, jwk: key.jwk, ...header }, { ...proofClaims, ...claims }, key)
}

export const popHeader = { typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256' }
export const popClaims = { aud: audience, jti: 'proof-00000001', iat: now }

export function pop(claims: Changes = {}, header: Changes = {}, key: SigningKey = keys.installation): string {
  return signed({ ...popHeader, ...header }, { ...popClaims, ...claims }, key)
}

/** Payload exactly as written, where `JSON.stringify` would write something else. */
export const tokenWith = (payload: string) => signed(tokenHeader, payload, keys.issuer)

/** With other characters in the place of the signature. */
export function resigned(text: string, by: (signature: Buffer) => Uint8Array, key: SigningKey): string {
  const input = text.slice(0, text.lastIndexOf('.'))
  return `${input}.${Buffer.from(by(signature(input, key))).toString('base64url')}`
}

/** RFC 7638 section 3. */
export function thumbprint({ jwk: { crv, kty, x, y } }: SigningKey): string {
  return digest(JSON.stringify({ crv, kty, x, y }))
}

const { sub: _app, installation: sub, mode: _mode, ...commonClaims } = tokenClaims

/** RFC 9068 section 2: the subject is the installation, the client the app. */
export function accessToken(
  claims: Changes = {},
  header: Changes = {},
  key: SigningKey = keys.issuer,
): string {
  const all = { ...commonClaims, sub, client_id: app, cnf: { jkt: thumbprint(keys.installation) }, ...claims }
  return signed({ ...tokenHeader, typ: 'at+jwt', ...header }, all, key)
}

export const userToken = 'user-token-1'
export const ath = digest(userToken)

/** A status list, signed as the service signs it. */
export function statusList(
  claims: Changes = {},
  header: Changes = {},
  key: SigningKey = keys.issuer,
): string {
  const all = {
    iss: issuer,
    aud: audience,
    iat: now - 5,
    exp: now + 3595,
    retired: [],
    banned: [],
    ...claims,
  }
  return signed({ typ: 'assay-status+jwt', alg: 'ES256', kid: 'key-1', ...header }, all, key)
}

export const statusUrl = `${issuer}/v1/status/${encode(audience)}`
export const jwksUrl = `${issuer}/.well-known/jwks.json`
