import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { describe, expect, test } from 'vitest'
import { app, audience, cryptos, issuer, newGuard, newRequest, now, tokenClaims } from './minting.ts'

/** Tokens and proofs as another implementation writes them. */

async function mintedByJose(algorithm: 'ES256' | 'Ed25519') {
  const signer = await generateKeyPair(algorithm)
  const installation = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(installation.publicKey)
  const token = await new SignJWT({ ...tokenClaims, cnf: { jwk } })
    .setProtectedHeader({ typ: 'oauth-client-attestation+jwt', alg: algorithm, kid: 'by-jose' })
    .sign(signer.privateKey)
  const prove = (typ: string, claims: Record<string, unknown>, key: CryptoKey = installation.privateKey) =>
    new SignJWT({ jti: crypto.randomUUID(), ...claims })
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
    const { privateKey } = await generateKeyPair('ES256')
    const foreign = await prove('dpop+jwt', { htm: 'POST', htu: `${audience}/v1/orders` }, privateKey)
    expect(await guard.verify(newRequest({ token, proof: foreign }))).toMatchObject({
      code: 'PROOF_SIGNATURE',
    })
  })
})
