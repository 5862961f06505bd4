import type { KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { app, audience, cryptos, issuer, newGuard, newRequest, now, tokenClaims } from './minting.ts'

let proofs = 0

/** Tokens and proofs as another implementation writes them. */

async function mintedByJose(algorithm: 'ES256' | 'Ed25519') {
  const signer = fixedKeyPair(algorithm === 'ES256' ? 'P-256' : algorithm, 'issuer')
  const installation = fixedKeyPair('P-256', 'installation')
  const jwk = await exportJWK(installation.publicKey)
  const token = await new SignJWT({ ...tokenClaims, cnf: { jwk } })
    .setProtectedHeader({ typ: 'oauth-client-attestation+jwt', alg: algorithm, kid: 'by-jose' })
    .sign(signer.privateKey)
  const prove = (typ: string, claims: Record<string, unknown>, key: KeyObject = installation.privateKey) =>
    new SignJWT({ jti: `proof-of-jose-${(proofs += 1)}`, ...claims })
      .setIssuedAt(now)
      .setProtectedHeader({ typ, alg: 'ES256', ...(typ === 'dpop+jwt' ? { jwk } : {}) })
      .sign(key)
  const published = { ...(await exportJWK(signer.publicKey)), alg: algorithm, use: 'sig', kid: 'by-jose' }
  return { token, prove, jwks: { keys: [published] } as never, jkt: await calculateJwkThumbprint(jwk) }
}

describe.each(cryptos)('with %s', (_, newCrypto) => {
  test.each(['ES256', 'Ed25519'] as const)('a token under %s with either proof', async (algorithm) => {
    const { token, prove, jwks, jkt } = await mintedByJose(algorithm)
    const guard = newGuard({
      crypto: newCrypto(),
      jwks,
      issuer,
      proofs: ['dpop_combined', 'attestation_pop_jwt'],
    })
    const proof = await prove('dpop+jwt', { htm: 'POST', htu: `${audience}/v1/orders` })
    expect(await guard.verify(newRequest({ token, proof }))).toMatchObject({ ok: true, app, jkt })
    const pop = await prove('oauth-client-attestation-pop+jwt', { aud: audience })
    expect(await guard.verify(newRequest({ token, proof: undefined, pop }))).toMatchObject({ ok: true, jkt })
    const { privateKey } = fixedKeyPair('P-256', 'foreign')
    const foreign = await prove('dpop+jwt', { htm: 'POST', htu: `${audience}/v1/orders` }, privateKey)
    expect(await guard.verify(newRequest({ token, proof: foreign }))).toMatchObject({
      code: 'PROOF_SIGNATURE',
    })
  })
})
