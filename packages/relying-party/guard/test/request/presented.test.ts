import { describe, expect, test } from 'vitest'
import {
  audience,
  judged,
  mintPop,
  mintProof,
  mintToken,
  newGuard,
  newKey,
  now,
  sha256,
  type Json,
} from '../minting.ts'

describe('which proof counts', () => {
  const both = () => newGuard({ proofs: ['dpop_combined', 'attestation_pop_jwt'] })

  test('either, where both are accepted', async () => {
    expect(await judged(both())).toBe('ok')
    expect(await judged(both(), { proof: undefined, pop: mintPop() })).toBe('ok')
  })

  test('a PoP field means the PoP rules: a good DPoP proof beside it saves nothing', async () => {
    expect(await judged(both(), { pop: 'junk' })).toBe('PROOF_MALFORMED')
    expect(await judged(both(), { pop: mintPop({ key: newKey('ES256', 'foreign') }) })).toBe(
      'PROOF_SIGNATURE',
    )
    expect(await judged(both(), { pop: [mintPop(), mintPop()] })).toBe('PROOF_REPEATED')
  })

  test("a DPoP field beside a PoP field is for the API's own tokens, whatever key made it", async () => {
    const foreign = mintProof({ key: newKey('ES256', 'foreign') })
    expect(await judged(both(), { proof: foreign, pop: mintPop() })).toBe('ok')
    expect(
      await judged(newGuard({ proofs: ['attestation_pop_jwt'] }), { proof: foreign, pop: mintPop() }),
    ).toBe('ok')
  })

  test('a method that is not accepted proves nothing', async () => {
    expect(await judged(newGuard(), { proof: undefined, pop: mintPop() })).toBe('PROOF_METHOD_NOT_ADMITTED')
    expect(await judged(newGuard({ proofs: ['attestation_pop_jwt'] }))).toBe('PROOF_METHOD_NOT_ADMITTED')
  })

  test('a PoP JWT cannot stand in for a DPoP proof, nor the other way round', async () => {
    expect(await judged(both(), { proof: mintPop() })).toBe('PROOF_TYPE')
    expect(await judged(both(), { proof: undefined, pop: mintProof() })).toBe('PROOF_TYPE')
  })

  test('a PoP JWT names one audience, as text or in a list, and it is the API', async () => {
    const guard = newGuard({ proofs: ['attestation_pop_jwt'] })
    const judgedFor = (aud: unknown) => judged(guard, { proof: undefined, pop: mintPop({ claims: { aud } }) })
    for (const aud of [audience, [audience]]) expect(await judgedFor(aud)).toBe('ok')
    const others = [[], [audience, audience], [audience, 'https://other.example'], ['https://other.example']]
    for (const aud of [...others, [[audience]], { 0: audience, length: 1 }, null, undefined])
      expect(await judgedFor(aud)).toBe('PROOF_AUDIENCE')
  })

  test('a PoP JWT that says when it ends or begins is held to it', async () => {
    const guard = newGuard({ proofs: ['attestation_pop_jwt'] })
    const judgedWith = (claims: Json) => judged(guard, { proof: undefined, pop: mintPop({ claims }) })
    expect(await judgedWith({ exp: now + 300, nbf: now })).toBe('ok')
    expect(await judgedWith({ exp: now - 10 })).toBe('PROOF_TOO_OLD')
    expect(await judgedWith({ nbf: now + 11 })).toBe('PROOF_FROM_FUTURE')
  })

  test('a PoP JWT is for the API as a whole: neither method nor target is in it', async () => {
    const guard = newGuard({ proofs: ['attestation_pop_jwt'] })
    expect(await judged(guard, { proof: undefined, pop: mintPop(), method: 'OPTIONS', url: '*' })).toBe('ok')
  })

  test('a PoP JWT is not tied to Authorization', async () => {
    const guard = newGuard({ proofs: ['attestation_pop_jwt'] })
    expect(await judged(guard, { proof: undefined, pop: mintPop(), authorization: 'DPoP user-token' })).toBe(
      'ok',
    )
  })
})

describe('bearer mode', () => {
  const bearer = () => newGuard({ mode: 'bearer' })
  const token = () => mintToken({ claims: { mode: 'bearer' } })

  test('needs no proof and looks at none', async () => {
    expect(await judged(bearer(), { token: token(), proof: undefined })).toBe('ok')
    expect(await judged(bearer(), { token: token(), proof: 'junk', pop: 'junk' })).toBe('ok')
  })

  test('refuses bound tokens, which must not be used without their key', async () => {
    expect(await judged(bearer(), { proof: undefined })).toBe('TOKEN_MODE')
    expect(await judged(bearer())).toBe('TOKEN_MODE')
  })

  test('tokens live 300 s at most', async () => {
    const long = mintToken({ claims: { mode: 'bearer', iat: 1_790_000_000, exp: 1_790_000_301 } })
    expect(await judged(bearer(), { token: long, proof: undefined })).toBe('TOKEN_LIFETIME')
  })

  test('a bearer token gets nowhere at a bound guard, with or without a proof', async () => {
    expect(await judged(newGuard(), { token: token(), proof: undefined })).toBe('PROOF_MISSING')
    expect(await judged(newGuard(), { token: token() })).toBe('TOKEN_MODE')
  })
})

describe('size', () => {
  test('token and proof have a limit together, before anything is read', async () => {
    const token = mintToken()
    const small = mintProof({ claims: { pad: 'x'.repeat(2000) } })
    const limit = token.length + small.length
    expect(await judged(newGuard({ maxFieldLength: limit }), { token, proof: small })).toBe('ok')
    expect(await judged(newGuard({ maxFieldLength: limit - 1 }), { token, proof: small })).toBe(
      'REQUEST_FIELDS_TOO_LARGE',
    )
    expect(await judged(newGuard(), { token, proof: ['x', 'y'.repeat(7000)] })).toBe(
      'REQUEST_FIELDS_TOO_LARGE',
    )
    expect(await judged(newGuard(), { token: undefined, pop: 'y'.repeat(7000) })).toBe(
      'REQUEST_FIELDS_TOO_LARGE',
    )
  })

  test('Authorization has its own, because it is hashed', async () => {
    const access = 'a'.repeat(8000)
    const proof = () => mintProof({ claims: { ath: sha256(access) } })
    expect(await judged(newGuard(), { authorization: `Bearer ${access}`, proof: proof() })).toBe('ok')
    expect(await judged(newGuard(), { authorization: `Bearer ${'a'.repeat(8192)}`, proof: proof() })).toBe(
      'REQUEST_FIELDS_TOO_LARGE',
    )
  })
})
