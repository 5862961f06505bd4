import { expect, test } from 'vitest'
import {
  createDenyList,
  createMemoryReplayStore,
  type GuardErrorCode,
  type GuardOptions,
  type NonceSource,
} from '@assay/guard'
import { guardErrorCodes } from '@assay/guard/codes'
import { createNodeCrypto } from '@assay/guard/node'
import {
  app,
  audience,
  encode,
  installation,
  judged,
  mintAccessToken,
  mintPop,
  mintProof,
  mintStatusList,
  mintToken,
  newGuard,
  newKey,
  now,
  otherInstallation,
  publicJwkOf,
  sha256,
  signBytes,
  thumbprintOf,
  tokenClaims,
  tokenHeader,
  withAccessToken,
  type SigningKey,
  type RequestParts,
} from './minting.ts'

/** A request that must be refused, and its twin: the same with only the tampered property put right. */
interface Case {
  bad: RequestParts
  good: RequestParts
  options?: Partial<GuardOptions>
  /** Where the twin needs other options: for malfunctions, the port that works. */
  goodOptions?: Partial<GuardOptions>
}

const fine: RequestParts = {}
const nonces: NonceSource = {
  perNode: true,
  issue: () => 'next-nonce',
  check: (nonce) => (nonce === 'current-nonce' ? 'fresh' : 'refused'),
}
const fail = () => {
  throw new Error('out of order')
}
const accessToken = 'user-token-1'
const ath = sha256(accessToken)

function withAlgorithmNone(): string {
  return `${encode({ ...tokenHeader, alg: 'none' })}.${encode(tokenClaims)}.AA`
}

function withForeignSignature(): string {
  const input = `${encode(tokenHeader)}.${encode(tokenClaims)}`
  return `${input}.${signBytes(input, newKey('ES256', 'foreign')).toString('base64url')}`
}

/** A proof that names the token's key but is signed by another. */
function withForeignProofSignature(): string {
  return mintProof({ header: { jwk: publicJwkOf(installation) }, key: otherInstallation })
}

/** Complete by type: a code without a case does not compile. */
const cases: Record<GuardErrorCode, Case> = {
  REQUEST_FIELDS_TOO_LARGE: { bad: { proof: mintProof({ claims: { pad: 'x'.repeat(5000) } }) }, good: fine },
  REQUEST_TARGET_UNUSABLE: { bad: { url: '*' }, good: fine },
  REQUEST_ORIGIN_UNKNOWN: {
    options: { publicBaseUrl: { forwarded: [audience] } },
    bad: { more: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'elsewhere.example' } },
    good: { more: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' } },
  },
  AUTHORIZATION_REPEATED: {
    bad: { authorization: [`Bearer ${accessToken}`, 'Bearer other'], proof: mintProof({ claims: { ath } }) },
    good: { authorization: [`Bearer ${accessToken}`], proof: mintProof({ claims: { ath } }) },
  },
  AUTHORIZATION_MALFORMED: {
    bad: { authorization: `Bearer ${accessToken} more`, proof: mintProof({ claims: { ath } }) },
    good: { authorization: `Bearer ${accessToken}`, proof: mintProof({ claims: { ath } }) },
  },
  TOKEN_MISSING: { bad: { token: undefined }, good: fine },
  TOKEN_REPEATED: { bad: { token: [mintToken(), mintToken()] }, good: { token: [mintToken()] } },
  TOKEN_MALFORMED: { bad: { token: `${mintToken()}.` }, good: fine },
  TOKEN_KIND: {
    bad: { token: mintAccessToken() },
    good: fine,
  },
  TOKEN_SCHEME: {
    options: { tokenKind: 'access' },
    bad: withAccessToken(mintAccessToken(), { scheme: 'Bearer' }),
    good: withAccessToken(),
  },
  TOKEN_TYPE: {
    bad: { token: mintToken({ header: { typ: 'JWT' } }) },
    good: { token: mintToken({ header: { typ: tokenHeader.typ } }) },
  },
  TOKEN_ALGORITHM: { bad: { token: withAlgorithmNone() }, good: fine },
  TOKEN_CRITICAL: {
    bad: { token: mintToken({ header: { crit: ['b64'], b64: false } }) },
    good: { token: mintToken({ header: { b64: false } }) },
  },
  TOKEN_KEY_ID: { bad: { token: mintToken({ header: { kid: '../key-1' } }) }, good: fine },
  TOKEN_KEY_UNKNOWN: { bad: { token: mintToken({ header: { kid: 'key-9' } }) }, good: fine },
  TOKEN_SIGNATURE: { bad: { token: withForeignSignature() }, good: fine },
  TOKEN_ISSUER: { bad: { token: mintToken({ claims: { iss: 'https://attest.example/' } }) }, good: fine },
  TOKEN_AUDIENCE: { bad: { token: mintToken({ claims: { aud: [audience] } }) }, good: fine },
  TOKEN_CLAIMS: { bad: { token: mintToken({ claims: { exp: String(now + 295) } }) }, good: fine },
  TOKEN_CONFIRMATION_KEY: {
    bad: { token: mintToken({ claims: { cnf: { jwk: { ...publicJwkOf(installation), d: 'AAAA' } } } }) },
    good: { token: mintToken({ claims: { cnf: { jwk: publicJwkOf(installation) } } }) },
  },
  TOKEN_LIFETIME: {
    bad: { token: mintToken({ claims: { iat: now - 1, exp: now + 900 } }) },
    good: { token: mintToken({ claims: { iat: now - 1, exp: now + 899 } }) },
  },
  TOKEN_NOT_YET_VALID: {
    bad: { token: mintToken({ claims: { iat: now + 11, exp: now + 300 } }) },
    good: { token: mintToken({ claims: { iat: now + 10, exp: now + 300 } }) },
  },
  TOKEN_EXPIRED: {
    bad: { token: mintToken({ claims: { iat: now - 300, exp: now - 10 } }) },
    good: { token: mintToken({ claims: { iat: now - 300, exp: now - 9 } }) },
  },
  TOKEN_MODE: {
    bad: { token: mintToken({ claims: { mode: 'bearer' } }) },
    good: { token: mintToken({ claims: { mode: 'bound' } }) },
  },
  TOKEN_DEVELOPMENT: {
    bad: { token: mintToken({ claims: { development: true, ear_status: 'none' } }) },
    good: fine,
  },
  TOKEN_DENIED: {
    options: { denyList: createDenyList([{ kind: 'jti', value: 'token-0666' }]) },
    bad: { token: mintToken({ claims: { jti: 'token-0666' } }) },
    good: fine,
  },
  TOKEN_BUILD_RETIRED: {
    options: { statusList: statusOf({ retired: [{ app, build: '1.0.0' }] }) },
    bad: { token: mintToken({ claims: { build: '1.0.0' } }) },
    good: fine,
  },
  TOKEN_BANNED: {
    options: { statusList: statusOf({ banned: ['pseudonym-9'] }) },
    bad: { token: mintToken({ claims: { installation: 'pseudonym-9' } }) },
    good: fine,
  },
  APP_NOT_ADMITTED: { bad: { token: mintToken({ claims: { sub: 'com.example.other' } }) }, good: fine },
  TIER_NOT_ADMITTED: {
    bad: { token: mintToken({ claims: { ear_status: 'contraindicated' } }) },
    good: { token: mintToken({ claims: { ear_status: 'affirming' } }) },
  },
  PROOF_MISSING: { bad: { proof: undefined }, good: fine },
  PROOF_REPEATED: { bad: { proof: [mintProof(), mintProof()] }, good: { proof: [mintProof()] } },
  PROOF_METHOD_NOT_ADMITTED: { bad: { pop: 'a.b.c' }, good: fine },
  PROOF_MALFORMED: { bad: { proof: 'not a proof' }, good: fine },
  PROOF_TYPE: { bad: { proof: mintProof({ header: { typ: 'jwt' } }) }, good: fine },
  PROOF_ALGORITHM: { bad: { proof: mintProof({ header: { alg: 'none' } }) }, good: fine },
  PROOF_CRITICAL: { bad: { proof: mintProof({ header: { crit: [] } }) }, good: fine },
  PROOF_KEY: {
    bad: { proof: mintProof({ header: { jwk: { ...publicJwkOf(installation), d: 'AAAA' } } }) },
    good: { proof: mintProof({ header: { jwk: publicJwkOf(installation) } }) },
  },
  PROOF_KEY_MISMATCH: { bad: { proof: mintProof({ key: otherInstallation }) }, good: fine },
  PROOF_SIGNATURE: { bad: { proof: withForeignProofSignature() }, good: fine },
  PROOF_CLAIMS: { bad: { proof: mintProof({ claims: { iat: String(now) } }) }, good: fine },
  PROOF_HTM: { bad: { proof: mintProof({ claims: { htm: 'post' } }) }, good: fine },
  PROOF_HTU: {
    bad: { proof: mintProof({ claims: { htu: 'https://api.example.com/v1/Orders' } }) },
    good: fine,
  },
  PROOF_AUDIENCE: {
    options: { proofs: ['attestation_pop_jwt'] },
    bad: { proof: undefined, pop: mintPop({ claims: { aud: 'https://other.example' } }) },
    good: { proof: undefined, pop: mintPop() },
  },
  PROOF_TOO_OLD: {
    bad: { proof: mintProof({ claims: { iat: now - 71 } }) },
    good: { proof: mintProof({ claims: { iat: now - 70 } }) },
  },
  PROOF_FROM_FUTURE: {
    bad: { proof: mintProof({ claims: { iat: now + 11 } }) },
    good: { proof: mintProof({ claims: { iat: now + 10 } }) },
  },
  PROOF_ATH_MISSING: {
    bad: { authorization: `Bearer ${accessToken}` },
    good: { authorization: `Bearer ${accessToken}`, proof: mintProof({ claims: { ath } }) },
  },
  PROOF_ATH: {
    bad: { authorization: 'Bearer another', proof: mintProof({ claims: { ath } }) },
    good: { authorization: `Bearer ${accessToken}`, proof: mintProof({ claims: { ath } }) },
  },
  PROOF_JTI: { bad: { proof: mintProof({ claims: { jti: 'j'.repeat(129) } }) }, good: fine },
  PROOF_REPLAYED: {
    options: { replayStore: { shared: true, addIfAbsent: (key) => !key.endsWith(' used-before') } },
    bad: { proof: mintProof({ claims: { jti: 'used-before' } }) },
    good: { proof: mintProof({ claims: { jti: 'not-used-before' } }) },
  },
  PROOF_SHARE_SPENT: {
    options: { replayStore: takingOneOf(installation) },
    bad: fine,
    good: {
      token: mintToken({ claims: { cnf: { jwk: publicJwkOf(otherInstallation) } } }),
      proof: mintProof({ key: otherInstallation }),
    },
  },
  NONCE_MISSING: {
    options: { nonces },
    bad: { proof: mintProof() },
    good: { proof: mintProof({ claims: { nonce: 'current-nonce' } }) },
  },
  NONCE_INVALID: {
    options: { nonces },
    bad: { proof: mintProof({ claims: { nonce: 'previous-nonce' } }) },
    good: { proof: mintProof({ claims: { nonce: 'current-nonce' } }) },
  },
  CLOCK_FAILED: { options: { clock: () => Number.NaN }, goodOptions: {}, bad: fine, good: fine },
  CRYPTO_FAILED: {
    options: { crypto: { ...createNodeCrypto(), sha256: fail } },
    goodOptions: { crypto: createNodeCrypto() },
    bad: fine,
    good: fine,
  },
  KEY_SOURCE_FAILED: {
    options: { jwks: { url: 'https://attest.example/jwks', fetch: async () => fail() } },
    goodOptions: {},
    bad: fine,
    good: fine,
  },
  REPLAY_STORE_FAILED: {
    options: { replayStore: { shared: true, addIfAbsent: fail } },
    goodOptions: { replayStore: { shared: true, addIfAbsent: () => true } },
    bad: fine,
    good: fine,
  },
  REPLAY_STORE_FULL: {
    options: { replayStore: fullStore() },
    goodOptions: {},
    bad: fine,
    good: fine,
  },
  NONCE_SOURCE_FAILED: {
    options: { nonces: { ...nonces, issue: fail } },
    goodOptions: {},
    bad: fine,
    good: fine,
  },
  DENY_LIST_FAILED: {
    options: { denyList: { denies: fail } },
    goodOptions: { denyList: { denies: () => false } },
    bad: fine,
    good: fine,
  },
  STATUS_LIST_FAILED: {
    options: { statusList: { fetch: fail } },
    goodOptions: { statusList: statusOf({}) },
    bad: fine,
    good: fine,
  },
  GUARD_FAILED: {
    // What is not a request at all: the guard's own fault, or that of the adapter which made it.
    bad: { more: { get: fail as unknown as string } },
    good: fine,
  },
}

function statusOf(claims: Record<string, unknown>) {
  return { fetch: async () => new Response(mintStatusList(claims)) }
}

function fullStore() {
  const store = createMemoryReplayStore({ clock: () => now * 1000, capacity: 1 })
  void store.addIfAbsent('somebody else', now + 60, {
    jkt: 'somebody else',
    tier: 'warning',
    usableFrom: now,
  })
  return store
}

/** A small store in which this key holds all that it may. */
function takingOneOf(key: SigningKey) {
  const store = createMemoryReplayStore({ clock: () => now * 1000, capacity: 8 })
  const jkt = thumbprintOf(key)
  void store.addIfAbsent('before', now + 60, { jkt, tier: 'warning', usableFrom: now })
  return store
}

test.each(guardErrorCodes)('%s', async (code) => {
  const { bad, good, options = {}, goodOptions = options } = cases[code]
  expect(await judged(newGuard(options), bad)).toBe(code)
  expect(await judged(newGuard(goodOptions), good)).toBe('ok')
})

test('no code is in the list twice', () => {
  expect(new Set(guardErrorCodes).size).toBe(guardErrorCodes.length)
})
