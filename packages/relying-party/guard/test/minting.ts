import { createHash, sign, type KeyObject } from 'node:crypto'
import type { AdmissibleTier, PublicJwk, VerificationJwk } from '@assay/protocol'
import {
  createGuard,
  createWebCrypto,
  type Decision,
  type Guard,
  type GuardCrypto,
  type GuardErrorCode,
  type GuardOptions,
  type GuardRequest,
} from '@assay/guard'
import { createNodeCrypto } from '@assay/guard/node'
import { fixedKeyPair } from '@assay/testkit/fixed'

/** Unix seconds at which everything here happens. */
export const now = 1_790_000_010
export const issuer = 'https://attest.example'
export const audience = 'https://api.example.com'
export const app = 'com.example.app'

export type Json = Record<string, unknown>

export interface SigningKey {
  algorithm: 'ES256' | 'Ed25519'
  privateKey: KeyObject
  publicKey: KeyObject
  jwk: Json
}

/** The same key for the same name, in every run. */
export function newKey(algorithm: 'ES256' | 'Ed25519', name: string): SigningKey {
  const { privateKey, publicKey, spki } = fixedKeyPair(algorithm === 'ES256' ? 'P-256' : algorithm, name)
  const coordinate = (from: number, to?: number) => spki.subarray(from, to).toString('base64url')
  return {
    algorithm,
    privateKey,
    publicKey,
    jwk:
      algorithm === 'ES256'
        ? { kty: 'EC', crv: 'P-256', x: coordinate(-64, -32), y: coordinate(-32) }
        : { kty: 'OKP', crv: 'Ed25519', x: coordinate(-32) },
  }
}

export const issuerKey = newKey('ES256', 'issuer')
export const issuerEd25519Key = newKey('Ed25519', 'issuer')
export const installation = newKey('ES256', 'installation')
export const otherInstallation = newKey('ES256', 'other installation')

export function publicJwkOf(key: SigningKey): PublicJwk {
  return { kty: 'EC', crv: 'P-256', x: key.jwk['x'] as string, y: key.jwk['y'] as string }
}

export function publishedKey(key: SigningKey, kid: string): VerificationJwk {
  return { ...key.jwk, alg: key.algorithm, use: 'sig', kid } as unknown as VerificationJwk
}

export const jwks = { keys: [publishedKey(issuerKey, 'key-1'), publishedKey(issuerEd25519Key, 'key-2')] }

export function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

export function signBytes(input: string, key: SigningKey): Buffer {
  return key.algorithm === 'ES256'
    ? sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
    : sign(null, Buffer.from(input), key.privateKey)
}

/** Header and payload as objects, or as the exact JSON text. */
export function signJws(header: unknown, payload: unknown, key: SigningKey): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signBytes(input, key).toString('base64url')}`
}

export const tokenHeader = { typ: 'oauth-client-attestation+jwt', alg: 'ES256', kid: 'key-1' }

export const tokenClaims: Json = {
  iss: issuer,
  sub: app,
  aud: audience,
  iat: now - 5,
  exp: now + 295,
  jti: 'token-0001',
  cnf: { jwk: publicJwkOf(installation) },
  installation: 'pseudonym-1',
  build: '1.4.2+142',
  platform: 'android',
  ear_status: 'warning',
  holder_key: 'software',
  mode: 'bound',
}

/** Members set to `undefined` are left out. */
export function mintToken({
  header = {},
  claims = {},
  key = issuerKey,
}: { header?: Json; claims?: Json; key?: SigningKey } = {}): string {
  return signJws({ ...tokenHeader, ...header }, { ...tokenClaims, ...claims }, key)
}

export const accessHeader = { typ: 'at+jwt', alg: 'ES256', kid: 'key-1' }

/** Thumbprint of a key (RFC 7638). */
export function thumbprintOf(key: SigningKey): string {
  const { crv, kty, x, y } = publicJwkOf(key)
  return sha256(JSON.stringify({ crv, kty, x, y }))
}

export const accessClaims: Json = {
  iss: issuer,
  sub: 'pseudonym-1',
  client_id: app,
  aud: audience,
  iat: now - 5,
  exp: now + 295,
  jti: 'token-0001',
  cnf: { jkt: thumbprintOf(installation) },
  build: '1.4.2+142',
  platform: 'android',
  ear_status: 'warning',
  holder_key: 'software',
}

/** Members set to `undefined` are left out. */
export function mintAccessToken({
  header = {},
  claims = {},
  key = issuerKey,
}: { header?: Json; claims?: Json; key?: SigningKey } = {}): string {
  return signJws({ ...accessHeader, ...header }, { ...accessClaims, ...claims }, key)
}

/** A request with this access token and a proof that covers it. */
export function withAccessToken(
  token: string = mintAccessToken(),
  { scheme = 'DPoP', ...proof }: { scheme?: string; header?: Json; claims?: Json; key?: SigningKey } = {},
): RequestParts {
  const claims = { ath: sha256(token), ...proof.claims }
  return {
    token: undefined,
    authorization: `${scheme} ${token}`,
    proof: mintProof({ ...proof, claims }),
  }
}

let proofs = 0

export const proofHeader = { typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwkOf(installation) }

export function proofClaims(): Json {
  return {
    jti: `proof-${String(++proofs).padStart(12, '0')}`,
    htm: 'POST',
    htu: `${audience}/v1/orders`,
    iat: now,
  }
}

export function mintProof({
  header = {},
  claims = {},
  key = installation,
}: { header?: Json; claims?: Json; key?: SigningKey } = {}): string {
  return signJws({ ...proofHeader, jwk: publicJwkOf(key), ...header }, { ...proofClaims(), ...claims }, key)
}

export function mintPop({
  header = {},
  claims = {},
  key = installation,
}: { header?: Json; claims?: Json; key?: SigningKey } = {}): string {
  const jti = `pop-${String(++proofs).padStart(12, '0')}`
  return signJws(
    { typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256', ...header },
    { aud: audience, jti, iat: now, ...claims },
    key,
  )
}

export function mintStatusList(
  claims: Json = {},
  { header = {}, key = issuerKey }: { header?: Json; key?: SigningKey } = {},
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
  return signJws({ typ: 'assay-status+jwt', alg: 'ES256', kid: 'key-1', ...header }, all, key)
}

export const cryptos: readonly [string, () => GuardCrypto][] = [
  ['node:crypto', () => createNodeCrypto()],
  ['Web Crypto', () => createWebCrypto()],
]

export function guardOptions(changes: Partial<GuardOptions> = {}): GuardOptions {
  return {
    issuer,
    audience,
    jwks,
    apps: [app],
    tiers: ['affirming', 'warning'] satisfies AdmissibleTier[],
    mode: 'bound',
    clock: () => now * 1000,
    crypto: createNodeCrypto(),
    ...changes,
  }
}

export function newGuard(changes: Partial<GuardOptions> = {}): Guard {
  return createGuard(guardOptions(changes))
}

export interface RequestParts {
  method?: string
  url?: string
  token?: string | string[] | undefined
  proof?: string | string[] | undefined
  pop?: string | string[] | undefined
  authorization?: string | string[] | undefined
  more?: Record<string, string | string[]>
}

/** A request as expected, but for what is given. */
export function newRequest(parts: RequestParts = {}): GuardRequest {
  const token = 'token' in parts ? parts.token : mintToken()
  const proof = 'proof' in parts ? parts.proof : mintProof()
  const headers: Record<string, string | string[] | undefined> = {
    host: 'api.example.com',
    'oauth-client-attestation': token,
    dpop: proof,
    'oauth-client-attestation-pop': parts.pop,
    authorization: parts.authorization,
    ...parts.more,
  }
  return { method: parts.method ?? 'POST', url: parts.url ?? '/v1/orders', headers }
}

/** The code of a decision, or `ok`. */
export function codeOf(decision: Decision): GuardErrorCode | 'ok' {
  return decision.ok ? 'ok' : decision.code
}

export async function judged(guard: Guard, parts: RequestParts = {}): Promise<GuardErrorCode | 'ok'> {
  return codeOf(await guard.verify(newRequest(parts)))
}
