import type { importJWK } from 'jose'
import {
  calculateJwkThumbprint,
  CompactSign,
  exportJWK,
  generateKeyPair,
  type CompactJWSHeaderParameters,
  type JWK,
} from 'jose'
import { randomUUID } from 'node:crypto'

/** Tokens, proofs and key sets made by jose, a third-party library. */

/** Unix seconds at which everything here happens. */
export const now = 1_790_000_000
export const issuer = 'https://attest.example'
export const audience = 'https://api.example.com'
export const app = 'com.example.app'
export const path = '/v1/orders'

type Json = Record<string, unknown>

export interface ForeignKey {
  readonly alg: 'ES256' | 'Ed25519'
  readonly publicJwk: JWK
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>
}

export async function newKey(alg: ForeignKey['alg'] = 'ES256'): Promise<ForeignKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, publicJwk: await exportJWK(publicKey), privateKey }
}

/** Header and payload as objects, or a payload as the exact text. */
export function signed(header: Json, payload: Json | string, { privateKey }: ForeignKey): Promise<string> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader(header as unknown as CompactJWSHeaderParameters)
    .sign(privateKey)
}

/** One issuer with two keys, and one installation. */
export async function createWorld() {
  const keys = { es256: await newKey(), ed25519: await newKey('Ed25519'), stranger: await newKey() }
  const installation = await newKey()
  const published = (key: ForeignKey, kid: string) => ({ ...key.publicJwk, alg: key.alg, use: 'sig', kid })
  const claims = (holder = installation): Json => ({
    iss: issuer,
    sub: app,
    aud: audience,
    iat: now - 5,
    exp: now + 295,
    jti: randomUUID(),
    cnf: { jwk: holder.publicJwk },
    installation: 'pseudonym-1',
    build: '1.4.2+142',
    platform: 'android',
    ear_status: 'affirming',
    holder_key: 'software',
    mode: 'bound',
  })
  const token = (changes: Json = {}, header: Json = {}, key = keys.es256, holder = installation) =>
    signed(
      {
        typ: 'oauth-client-attestation+jwt',
        alg: key.alg,
        kid: key === keys.ed25519 ? 'ed25519' : 'es256',
        ...header,
      },
      { ...claims(holder), ...changes },
      key,
    )
  const proof = (changes: Json = {}, header: Json = {}, key = installation) =>
    signed(
      { typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk, ...header },
      { jti: randomUUID(), htm: 'POST', htu: audience + path, iat: now, ...changes },
      key,
    )
  const pop = (changes: Json = {}, key = installation) =>
    signed(
      { typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256' },
      { aud: audience, jti: randomUUID(), iat: now, ...changes },
      key,
    )
  return {
    keys,
    installation,
    claims,
    token,
    proof,
    pop,
    jkt: await calculateJwkThumbprint(installation.publicJwk),
    jwks: { keys: [published(keys.es256, 'es256'), published(keys.ed25519, 'ed25519')] },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>
