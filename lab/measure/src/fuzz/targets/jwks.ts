import { createGuard } from '@assay/guard'
import { guardMalfunctionCodes, guardRefusalCodes } from '@assay/guard/codes'
import { createNodeCrypto } from '@assay/guard/node'
import { fuzzingKey, signTexts } from '../inputs/fuzzing-keys.ts'
import { accepted, type Target } from '../target/target.ts'

const now = 1_790_000_000
const issuerKey = fuzzingKey('issuer')
const published = { ...issuerKey.jwk, alg: 'ES256', use: 'sig', kid: 'key-1' }
const edwards = { kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32, 9).toString('base64url'), alg: 'Ed25519' }

const good = Buffer.from(JSON.stringify({ keys: [published, { ...edwards, kid: 'key-3' }] }))

const token = signTexts(
  JSON.stringify({ typ: 'oauth-client-attestation+jwt', alg: 'ES256', kid: 'key-1' }),
  JSON.stringify({
    iss: 'https://attest.example',
    sub: 'com.example.app',
    aud: 'https://api.example.com',
    iat: now,
    exp: now + 300,
    jti: 'token-0001',
    cnf: { jwk: fuzzingKey('installation').jwk },
    installation: 'pseudonym-1',
    build: '1.4.2+142',
    platform: 'android',
    ear_status: 'warning',
    holder_key: 'software',
    mode: 'bearer',
  }),
  issuerKey,
)
const request = { method: 'GET', url: '/', headers: { 'oauth-client-attestation': token } }

const known = [...guardRefusalCodes, ...guardMalfunctionCodes.filter((code) => code !== 'GUARD_FAILED')]

/** The issuer's keys as anyone who answers in its place sends them, after good ones, and a token under one of them. */
export const target: Target = {
  async run(input) {
    let answer: Uint8Array = good
    let late = 0
    const guard = createGuard({
      issuer: 'https://attest.example',
      audience: 'https://api.example.com',
      jwks: {
        url: 'https://attest.example/jwks.json',
        fetch: async () => new Response(Buffer.from(answer), { status: answer[0] === 0x20 ? 500 : 200 }),
        maxAge: 30,
        cooldown: 1,
        staleIfError: 0,
      },
      apps: ['com.example.app'],
      tiers: ['warning'],
      mode: 'bearer',
      clock: () => (now + late) * 1000,
      crypto: createNodeCrypto(),
    })
    await guard.verify(request)
    answer = input
    late = 31
    const decision = await guard.verify(request)
    if (decision.ok) return accepted
    if (!known.some((code) => code === decision.code)) throw new Error(`the guard failed: ${decision.code}`)
    return decision.code
  },
  seeds: [
    { keys: [published] },
    { keys: [{ ...published, kid: 'key-2' }, published, { ...edwards, kid: 'key-3' }] },
    { keys: [published, published] },
    { keys: [{ ...published, d: 'AA' }] },
    { keys: [{ ...published, use: 'enc' }] },
    { keys: [{ ...published, y: published.x }] },
    { keys: [{ ...edwards, kid: 'key-1' }] },
    { keys: [{ ...edwards, kid: 'key-1', x: 'AA' }] },
    { keys: [1, null, []] },
    { keys: Array.from({ length: 33 }, (_, i) => ({ ...published, kid: `key-${i}` })) },
    { keys: {} },
  ].map((set) => Buffer.from(JSON.stringify(set))),
  words: ['ES256', 'Ed25519', 'OKP', 'EC', 'P-256', 'key-1', 'sig', 'enc', 'RS256', 'none'],
}
