import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { GuardOptions, NonceSource } from '@assay/guard'
import { cryptos, judged, mintToken, newGuard, type Json } from './minting.ts'

/** The worked example and the published values of the standards, kept beside the checkout. */
const file = fileURLToPath(
  new URL('../../../../../shared/vectors/standards/standards-vectors.json', import.meta.url),
)
const present = existsSync(file)

interface Vectors {
  server_key: { jwk: Json; thumbprint: string }
  instance_key: { jwk: Json; jkt: string }
  attestation: { header: Json; payload: Json; jwt: string }
  dpop_combined: { access_token: string; payload: Json; jwt: string }
  pop_jwt: { payload: Json; jwt: string }
  published: {
    rfc9449: { jwk: Json; jkt: string; access_token: string; ath: string; proof_resource: string }
  }
}

if (!present) {
  console.log('not run: standards vectors (no ../shared/vectors/standards beside the checkout)')
  test('the standards vectors are there where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
}

describe.runIf(present).each(cryptos)('with %s', (_, newCrypto) => {
  const vectors = present ? (JSON.parse(readFileSync(file, 'utf8')) as Vectors) : undefined
  if (vectors === undefined) return
  const {
    server_key: server,
    instance_key: instance,
    attestation,
    dpop_combined: dpop,
    pop_jwt: pop,
  } = vectors
  const issuer = attestation.payload['iss'] as string
  const app = attestation.payload['sub'] as string
  const now = dpop.payload['iat'] as number
  const nonces: NonceSource = {
    perNode: true,
    issue: () => 'another',
    check: (nonce) => (nonce === dpop.payload['nonce'] ? 'fresh' : 'refused'),
  }

  function guardWith(changes: Partial<GuardOptions> = {}) {
    const { d: _private, ...publicJwk } = server.jwk
    const key = { ...publicJwk, alg: 'Ed25519', use: 'sig', kid: attestation.header['kid'] }
    return newGuard({
      issuer,
      apps: [app],
      jwks: { keys: [key] } as unknown as GuardOptions['jwks'],
      clock: () => now * 1000,
      crypto: newCrypto(),
      nonces,
      ...changes,
    })
  }

  /** The vector's token has the claims of the draft only; this one has those of the guard, for the same keys. */
  async function fullToken() {
    const { createPrivateKey, createPublicKey } = await import('node:crypto')
    const privateKey = createPrivateKey({ key: server.jwk, format: 'jwk' })
    const signer = {
      algorithm: 'Ed25519',
      privateKey,
      publicKey: createPublicKey(privateKey),
      jwk: server.jwk,
    } as const
    return mintToken({
      header: attestation.header,
      claims: { ...attestation.payload, build: '1', installation: 'p', platform: 'android', mode: 'bound' },
      key: signer,
    })
  }

  test('the signature of the attestation verifies: what is missing is the audience', async () => {
    expect(
      await judged(guardWith(), {
        token: attestation.jwt,
        proof: dpop.jwt,
        authorization: `DPoP ${dpop.access_token}`,
      }),
    ).toBe('TOKEN_AUDIENCE')
    const forged = `${attestation.jwt.slice(0, -4)}AAAA`
    expect(
      await judged(guardWith(), {
        token: forged,
        proof: dpop.jwt,
        authorization: `DPoP ${dpop.access_token}`,
      }),
    ).toBe('TOKEN_SIGNATURE')
  })

  test('the DPoP proof of combined mode is good once', async () => {
    const guard = guardWith()
    const parts = { token: await fullToken(), proof: dpop.jwt, authorization: `DPoP ${dpop.access_token}` }
    const decision = await guard.verify({
      method: 'POST',
      url: '/v1/orders',
      headers: {
        'oauth-client-attestation': parts.token,
        dpop: parts.proof,
        authorization: parts.authorization,
      },
    })
    expect(decision).toMatchObject({ ok: true, app, jkt: instance.jkt, tier: 'affirming' })
    expect(await judged(guard, parts)).toBe('PROOF_REPLAYED')
  })

  test('the DPoP proof is for its method, URI, access token and time', async () => {
    const token = await fullToken()
    const parts = { token, proof: dpop.jwt, authorization: `DPoP ${dpop.access_token}` }
    expect(await judged(guardWith(), { ...parts, method: 'GET' })).toBe('PROOF_HTM')
    expect(await judged(guardWith(), { ...parts, url: '/v1/other' })).toBe('PROOF_HTU')
    expect(await judged(guardWith(), { ...parts, authorization: 'DPoP other' })).toBe('PROOF_ATH')
    expect(await judged(guardWith({ nonces: { ...nonces, check: () => 'refused' } }), parts)).toBe(
      'NONCE_INVALID',
    )
    expect(await judged(guardWith({ clock: () => (now + 71) * 1000 }), parts)).toBe('PROOF_TOO_OLD')
  })

  test('the PoP JWT is good once, for its audience', async () => {
    const guard = guardWith({ proofs: ['attestation_pop_jwt'] })
    const parts = { token: await fullToken(), proof: undefined, pop: pop.jwt }
    expect(await judged(guard, parts)).toBe('ok')
    expect(await judged(guard, parts)).toBe('PROOF_REPLAYED')
    expect(pop.payload['aud']).toBe('https://api.example.com')
  })

  test('thumbprint, token hash and example proof of RFC 9449', async () => {
    const { jwk, jkt, access_token: accessToken, ath, proof_resource: proof } = vectors.published.rfc9449
    const crypto = newCrypto()
    const thumbprinted = `{"crv":"P-256","kty":"EC","x":"${String(jwk['x'])}","y":"${String(jwk['y'])}"}`
    expect(await crypto.sha256(thumbprinted)).toBe(jkt)
    expect(await crypto.sha256(accessToken)).toBe(ath)
    const key = await crypto.importKey({ kty: 'EC', crv: 'P-256', x: String(jwk['x']), y: String(jwk['y']) })
    const at = proof.lastIndexOf('.')
    expect(await key?.verify(proof.slice(0, at), proof.slice(at + 1))).toBe(true)
    expect(await key?.verify(`${proof.slice(0, at)}A`, proof.slice(at + 1))).toBe(false)
  })
})
