import { describe, expect, test } from 'vitest'
import { createDenyList, createMemoryReplayStore, type GuardErrorCode, type GuardOptions } from '@assay/guard'
import { createNodeCrypto } from '@assay/guard/node'
import {
  accessClaims,
  app,
  audience,
  cryptos,
  encode,
  installation,
  issuer,
  issuerEd25519Key,
  issuerKey,
  judged,
  mintAccessToken,
  mintPop,
  mintProof,
  mintStatusList,
  mintToken,
  newGuard,
  newKey,
  newRequest,
  now,
  otherInstallation,
  publicJwkOf,
  type RequestParts,
  sha256,
  thumbprintOf,
  withAccessToken,
} from '../minting.ts'

const access = { tokenKind: 'access' } as const
const at = (parts: RequestParts = withAccessToken(), changes: Partial<GuardOptions> = {}) =>
  judged(newGuard({ ...access, ...changes }), parts)
const withClaims = (claims: object) => withAccessToken(mintAccessToken({ claims: { ...claims } }))
const bearer = (parts: RequestParts) => at(parts, { mode: 'bearer' })
const bearerToken = () => mintAccessToken({ claims: { cnf: undefined } })

describe.each(cryptos)('an access token with its proof (%s)', (_name, crypto) => {
  test('is admitted, and its subject is the installation', async () => {
    const guard = newGuard({ ...access, crypto: crypto() })
    expect(await guard.verify(newRequest(withAccessToken()))).toMatchObject({
      ok: true,
      app,
      installation: 'pseudonym-1',
      jkt: thumbprintOf(installation),
      proof: 'dpop',
      tier: 'warning',
      mode: 'bound',
    })
    // Known by now, with the key of its first proof.
    expect(await judged(guard, withAccessToken())).toBe('ok')
    expect(await judged(guard, withAccessToken(undefined, { key: otherInstallation }))).toBe(
      'PROOF_KEY_MISMATCH',
    )
    const spaced = { jwk: { ...publicJwkOf(installation), kid: 'k' } }
    expect(await judged(guard, withAccessToken(undefined, { header: spaced }))).toBe('ok')
  })
})

test.each([
  ['ES256', issuerKey, { alg: 'ES256', kid: 'key-1' }],
  ['Ed25519', issuerEd25519Key, { alg: 'Ed25519', kid: 'key-2' }],
] as const)(
  'other claims with the %s signature of a known token are refused, and leave it known',
  async (_alg, key, header) => {
    const guard = newGuard(access)
    const token = mintAccessToken({ header, key })
    expect(await judged(guard, withAccessToken(token))).toBe('ok')
    const [head, , signature] = token.split('.')
    const forged = [head, encode({ ...accessClaims, ear_status: 'affirming' }), signature].join('.')
    expect(await judged(guard, withAccessToken(forged))).toBe('TOKEN_SIGNATURE')
    expect(await judged(guard, withAccessToken(token))).toBe('ok')
  },
)

test('who comes first with the signature of a token leaves nothing that the token, or another, is taken for', async () => {
  const guard = newGuard(access)
  const token = mintAccessToken()
  const [head = '', claims = '', signature = ''] = token.split('.')
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object
  const others = [
    [[encode({ ...header, jku: 'https://other.example' }), claims, signature].join('.'), 'TOKEN_SIGNATURE'],
    [[head, encode({ ...accessClaims, sub: 'pseudonym-2' }), signature].join('.'), 'TOKEN_SIGNATURE'],
    [`${head}.${claims}.A${signature}`, 'TOKEN_SIGNATURE'],
    [`A.${token}`, 'TOKEN_MALFORMED'],
    [signature, 'TOKEN_MALFORMED'],
  ] as const
  const tryOthers = async () => {
    for (const [other, code] of others) expect(await judged(guard, withAccessToken(other))).toBe(code)
  }
  await tryOthers()
  expect(await judged(guard, withAccessToken(token))).toBe('ok')
  await tryOthers()
})

test('the scheme is read in any case, and so is the type', async () => {
  expect(await at(withAccessToken(undefined, { scheme: 'dpop' }))).toBe('ok')
  for (const typ of ['AT+JWT', 'application/at+jwt'])
    expect(await at(withAccessToken(mintAccessToken({ header: { typ } })))).toBe('ok')
})

describe('kinds', () => {
  const both = { ...withAccessToken(), token: mintToken() }
  const user = mintToken()

  test.each<[string, RequestParts]>([
    ['an attestation token with its proof', {}],
    ['an attestation token in Authorization', withAccessToken(mintToken())],
    ['both kinds', both],
    ['the proof of the other kind', { ...withAccessToken(), pop: mintPop() }],
    ['an access token in the field of the other kind', { token: mintAccessToken() }],
  ])('a guard for access tokens refuses %s', async (_what, parts) => {
    expect(await at(parts)).toBe('TOKEN_KIND')
  })

  test.each<[string, RequestParts]>([
    ['an access token in the field of the other kind', { token: mintAccessToken() }],
    ['both kinds', both],
    [
      'an attestation token also in Authorization',
      { authorization: `Bearer ${user}`, proof: mintProof({ claims: { ath: sha256(user) } }) },
    ],
  ])('a guard for attestation tokens refuses %s', async (_what, parts) => {
    expect(await judged(newGuard(), parts)).toBe('TOKEN_KIND')
  })

  test('so does one in bearer mode, which reads Authorization for nothing else', async () => {
    const guard = newGuard({ mode: 'bearer' })
    const token = mintToken({ claims: { mode: 'bearer' } })
    expect(await judged(guard, { token, authorization: 'Bearer of-a-user' })).toBe('ok')
    expect(await judged(guard, { token, authorization: `DPoP ${mintAccessToken()}` })).toBe('TOKEN_KIND')
  })

  test('a header that cannot be read is no excuse: iss alone decides', async () => {
    const guard = newGuard()
    const under = (header: string, iss: string) => `${encode(header)}.${encode({ iss })}.AA`
    for (const header of ['{"typ":"JWT"}x', '{"typ":"JWT"}{"typ":"JWT"}', '\ufeff{"typ":"JWT"}', '']) {
      const [ours, theirs] = [under(header, issuer), under(header, 'https://login.example')]
      expect(await judged(guard, { authorization: `Bearer ${ours}` })).toBe('TOKEN_KIND')
      const proof = mintProof({ claims: { ath: sha256(theirs) } })
      expect(await judged(guard, { authorization: `Bearer ${theirs}`, proof })).toBe('ok')
    }
  })

  test('where nothing else came, the kind is named, and a user without the app has no token', async () => {
    const guard = newGuard()
    expect(await judged(guard, withAccessToken())).toBe('TOKEN_KIND')
    for (const user of ['of-a-user', mintAccessToken({ claims: { iss: 'https://login.example' } })])
      expect(await judged(guard, { token: undefined, authorization: `Bearer ${user}` })).toBe('TOKEN_MISSING')
  })

  test("a user's own token beside an attestation token is no concern of the guard, whatever its form", async () => {
    const guard = newGuard()
    const foreign = newKey('ES256', 'authorization server')
    const ofServer = mintAccessToken({ claims: { iss: 'https://login.example' }, key: foreign })
    const typed = encode({ typ: 'at+jwt' })
    const jwt = `${encode({ typ: 'JWT' })}.${encode({ iss: issuer })}.AA`
    const forms = ['user-token-1', 'a.b.c', jwt, `${typed}.e30.AA`, `${typed}.`, ofServer]
    for (const token of [ofServer, ...forms]) {
      const proof = mintProof({ claims: { ath: sha256(token) } })
      expect(await judged(guard, { authorization: `DPoP ${token}`, proof })).toBe('ok')
    }
    expect(await judged(guard, { authorization: 'Basic dTpw' })).toBe('ok')
  })
})

describe('what is not an access token of this issuer', () => {
  const foreign = newKey('ES256', 'authorization server')

  test.each<[string, GuardErrorCode, RequestParts]>([
    ["a user's opaque token", 'TOKEN_MALFORMED', withAccessToken('user-token-1')],
    [
      "a user's access token",
      'TOKEN_KEY_UNKNOWN',
      withAccessToken(mintAccessToken({ header: { kid: 'server-1' }, key: foreign })),
    ],
    ['a JWT of another type', 'TOKEN_TYPE', withAccessToken(mintAccessToken({ header: { typ: 'JWT' } }))],
    ['a JWT without a type', 'TOKEN_TYPE', withAccessToken(mintAccessToken({ header: { typ: undefined } }))],
    ['one that another key signed', 'TOKEN_SIGNATURE', withAccessToken(mintAccessToken({ key: foreign }))],
    ['one of another issuer', 'TOKEN_ISSUER', withClaims({ iss: 'https://login.example' })],
    ['one for another API', 'TOKEN_AUDIENCE', withClaims({ aud: `${audience}/other` })],
    ['one for two APIs', 'TOKEN_AUDIENCE', withClaims({ aud: [audience, 'https://b.example'] })],
    ['one without a client', 'TOKEN_CLAIMS', withClaims({ client_id: undefined })],
    ['one without a subject', 'TOKEN_CLAIMS', withClaims({ sub: undefined })],
    ['one without an id', 'TOKEN_CLAIMS', withClaims({ jti: undefined })],
    ['one that says that it was let through', 'TOKEN_CLAIMS', withClaims({ allowed: true })],
    ['one for development', 'TOKEN_DEVELOPMENT', withClaims({ development: true, ear_status: 'none' })],
    ['one of tier none', 'TIER_NOT_ADMITTED', withClaims({ ear_status: 'none' })],
    [
      'one whose key is written out',
      'TOKEN_CONFIRMATION_KEY',
      withClaims({ cnf: { jwk: publicJwkOf(installation) } }),
    ],
    ['one with an empty thumbprint', 'TOKEN_CONFIRMATION_KEY', withClaims({ cnf: { jkt: '' } })],
    [
      'one with two keys',
      'TOKEN_CONFIRMATION_KEY',
      withClaims({ cnf: { jkt: thumbprintOf(installation), kid: 'k' } }),
    ],
    ['one with a key that is no object', 'TOKEN_CONFIRMATION_KEY', withClaims({ cnf: null })],
    ['one that lives for 301 s', 'TOKEN_LIFETIME', withClaims({ exp: now + 296 })],
    ['one that has expired', 'TOKEN_EXPIRED', withClaims({ iat: now - 200, exp: now - 10 })],
    ['one of another app', 'APP_NOT_ADMITTED', withClaims({ client_id: 'com.example.other' })],
  ])('%s: %s', async (_what, code, parts) => {
    expect(await at(parts)).toBe(code)
  })

  test('contraindicated is admitted nowhere, whatever the guard says', async () => {
    const parts = withClaims({ ear_status: 'contraindicated' })
    for (const enforcement of ['enforce', 'observe'] as const)
      expect(await at(parts, { tiers: ['contraindicated'], enforcement })).toBe('TIER_NOT_ADMITTED')
  })
})

describe('Authorization', () => {
  const token = mintAccessToken()

  test.each<[string, GuardErrorCode, RequestParts]>([
    ['nothing', 'TOKEN_MISSING', { token: undefined }],
    ['a cookie', 'TOKEN_MISSING', { token: undefined, more: { cookie: `access_token=${token}` } }],
    ['a query', 'TOKEN_MISSING', { token: undefined, url: `/v1/orders?access_token=${token}` }],
    ['another scheme', 'TOKEN_MISSING', { token: undefined, authorization: 'Basic dTpw' }],
    [
      'two of them',
      'AUTHORIZATION_REPEATED',
      { ...withAccessToken(), authorization: [`DPoP ${token}`, `DPoP ${token}`] },
    ],
    [
      'two, joined',
      'AUTHORIZATION_REPEATED',
      { ...withAccessToken(), authorization: `DPoP ${token}, Bearer u` },
    ],
    ['no token', 'AUTHORIZATION_MALFORMED', { ...withAccessToken(), authorization: 'DPoP' }],
    ['a bound token as Bearer', 'TOKEN_SCHEME', withAccessToken(token, { scheme: 'Bearer' })],
    [
      'the same without a proof',
      'TOKEN_SCHEME',
      { token: undefined, authorization: `Bearer ${token}`, proof: undefined },
    ],
    ['no proof', 'PROOF_MISSING', { ...withAccessToken(), proof: undefined }],
    ['two proofs', 'PROOF_REPEATED', { ...withAccessToken(), proof: [mintProof(), mintProof()] }],
    ['fields that are too long', 'REQUEST_FIELDS_TOO_LARGE', withAccessToken('a'.repeat(6145))],
  ])('%s: %s', async (_what, code, parts) => {
    expect(await at(parts)).toBe(code)
  })

  test('the status of the SDK is kept of a request without a token', async () => {
    const decision = await newGuard(access).verify(
      newRequest({ token: undefined, proof: undefined, more: { 'assay-status': 'timeout' } }),
    )
    expect(decision).toMatchObject({ code: 'TOKEN_MISSING', clientStatus: 'timeout', status: 401 })
  })
})

describe('the proof', () => {
  test.each<[string, GuardErrorCode, RequestParts]>([
    ['does not cover the token', 'PROOF_ATH_MISSING', { ...withAccessToken(), proof: mintProof() }],
    ['covers another token', 'PROOF_ATH', withAccessToken(undefined, { claims: { ath: sha256('other') } })],
    ['is by another key', 'PROOF_KEY_MISMATCH', withAccessToken(undefined, { key: otherInstallation })],
    [
      'names the key, and is signed by another',
      'PROOF_SIGNATURE',
      withAccessToken(undefined, { key: otherInstallation, header: { jwk: publicJwkOf(installation) } }),
    ],
    ['names no key', 'PROOF_KEY', withAccessToken(undefined, { header: { jwk: undefined } })],
    ['is of another type', 'PROOF_TYPE', withAccessToken(undefined, { header: { typ: 'JWT' } })],
    ['has another algorithm', 'PROOF_ALGORITHM', withAccessToken(undefined, { header: { alg: 'none' } })],
    ['has an extension', 'PROOF_CRITICAL', withAccessToken(undefined, { header: { crit: ['x'] } })],
    ['has no header', 'PROOF_MALFORMED', { ...withAccessToken(), proof: 'e30x.e30.AAAA' }],
    ['is for another method', 'PROOF_HTM', withAccessToken(undefined, { claims: { htm: 'GET' } })],
  ])('%s: %s', async (_what, code, parts) => {
    expect(await at(parts)).toBe(code)
  })

  test('is by a key off the curve whose thumbprint the token names', async () => {
    const jwk = { ...publicJwkOf(installation), y: publicJwkOf(installation).x }
    const jkt = sha256(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
    const token = mintAccessToken({ claims: { cnf: { jkt } } })
    expect(await at(withAccessToken(token, { header: { jwk } }))).toBe('PROOF_KEY')
  })

  test('passes once', async () => {
    const guard = newGuard(access)
    const parts = withAccessToken()
    expect(await judged(guard, parts)).toBe('ok')
    expect(await judged(guard, parts)).toBe('PROOF_REPLAYED')
  })

  test('counts for its key in the replay store', async () => {
    const replayStore = createMemoryReplayStore({ clock: () => now * 1000, capacity: 8 })
    const holder = { jkt: thumbprintOf(installation), tier: 'warning', usableFrom: now } as const
    void replayStore.addIfAbsent('before', now + 60, holder)
    expect(await at(withAccessToken(), { replayStore })).toBe('PROOF_SHARE_SPENT')
  })
})

describe('as bearer', () => {
  test('needs no proof, and names no key', async () => {
    const parts = { token: undefined, authorization: `Bearer ${bearerToken()}`, proof: undefined }
    const decision = await newGuard({ ...access, mode: 'bearer' }).verify(newRequest(parts))
    expect(decision).toMatchObject({ ok: true, jkt: null, proof: null, installation: 'pseudonym-1' })
  })

  test.each<[string, GuardErrorCode, RequestParts]>([
    ['a bound token', 'TOKEN_MODE', withAccessToken(undefined, { scheme: 'Bearer' })],
    ['the scheme of the other mode', 'TOKEN_SCHEME', withAccessToken(bearerToken())],
  ])('%s: %s', async (_what, code, parts) => {
    expect(await bearer(parts)).toBe(code)
  })

  test('is refused in bound mode, even with a proof', async () => {
    expect(await at(withAccessToken(bearerToken()))).toBe('TOKEN_MODE')
  })
})

describe('lists', () => {
  const fetch = async () => new Response(mintStatusList({ banned: ['pseudonym-1'] }))

  test('the status list bans the subject', async () => {
    expect(await at(withAccessToken(), { statusList: { fetch } })).toBe('TOKEN_BANNED')
  })

  test('the deny list knows it by each of its names, as bearer too', async () => {
    for (const [kind, value] of [
      ['jkt', thumbprintOf(installation)],
      ['installation', 'pseudonym-1'],
      ['app', app],
    ] as const)
      expect(await at(withAccessToken(), { denyList: createDenyList([{ kind, value }]) })).toBe(
        'TOKEN_DENIED',
      )
    const parts = { token: undefined, authorization: `Bearer ${bearerToken()}` }
    const denyList = createDenyList([{ kind: 'jkt', value: 'null' }])
    expect(await at(parts, { mode: 'bearer', denyList, crypto: createNodeCrypto() })).toBe('ok')
  })
})
