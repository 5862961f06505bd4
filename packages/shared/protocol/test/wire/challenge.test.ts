import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  challengeFlags,
  challengeMacInput,
  challengePurposes,
  decodeChallenge,
  encodeBase64url,
  encodeChallenge,
  encodeChallengeHead,
  flagsOfVariant,
  mostVariants,
  utf8,
  variantInFlags,
} from '@assay/protocol'

const head = {
  keyNumber: 7,
  purpose: challengePurposes.attestation,
  flags: 0,
  issuedAt: 1_790_000_000,
  epoch: 994_444,
  random: Uint8Array.from({ length: 16 }, (_, i) => i),
}
const mac = new Uint8Array(32).fill(0xaa)
const context = { app: 'com.example.app', build: '1+1', key: 'k', plan: utf8('{}') }

test('the layout is the one of the design, byte for byte', () => {
  const bytes = Buffer.from(encodeChallenge(encodeChallengeHead(head), mac), 'base64url')
  expect(bytes.toString('hex')).toBe(
    `01070100${'6ab13b80'}${'000f2c8c'}000102030405060708090a0b0c0d0e0f${'aa'.repeat(20)}`,
  )
})

test('decoding gives back what was encoded', () => {
  const decoded = decodeChallenge(encodeChallenge(encodeChallengeHead(head), mac))
  expect(decoded).toEqual({ head, headBytes: encodeChallengeHead(head), mac: mac.slice(0, 20) })
})

test('flags name each variant, beside the refresh, the kind of token and the form', () => {
  for (const number of [0, 1, mostVariants]) {
    const { refresh, accessTokens, namedPlan } = challengeFlags
    const flags = flagsOfVariant(number) | refresh | accessTokens | namedPlan
    const decoded = decodeChallenge(encodeChallenge(encodeChallengeHead({ ...head, flags }), mac))
    expect(decoded?.head.flags).toBe(flags)
    expect(variantInFlags(flags)).toBe(number)
  }
})

test('a challenge is 64 characters', () => {
  expect(encodeChallenge(encodeChallengeHead(head), mac)).toHaveLength(64)
})

test.each([
  ['another version', 0, 2],
  ['an unknown purpose', 2, 9],
])('refuses %s', (_name, at, value) => {
  const bytes = Buffer.from(encodeChallenge(encodeChallengeHead(head), mac), 'base64url')
  bytes[at] = value
  expect(decodeChallenge(encodeBase64url(bytes))).toBeUndefined()
})

test('refuses any other text without throwing', () => {
  fc.assert(fc.property(fc.string(), (text) => decodeChallenge(text) === undefined))
  expect(decodeChallenge('A'.repeat(63))).toBeUndefined()
  expect(decodeChallenge('A'.repeat(64))).toBeUndefined()
})

test('the MAC covers head, app, build, key and plan, each apart', () => {
  const input = (changes: Partial<typeof context>) =>
    Buffer.from(challengeMacInput(encodeChallengeHead(head), { ...context, ...changes })).toString('hex')
  const all = [
    input({}),
    input({ app: 'com.example.ap', build: 'p1+1' }),
    input({ build: '1+2' }),
    input({ key: 'j' }),
    input({ plan: utf8('{ }') }),
    Buffer.from(challengeMacInput(encodeChallengeHead({ ...head, epoch: 1 }), context)).toString('hex'),
  ]
  expect(new Set(all).size).toBe(all.length)
})

test('the MAC of a challenge that names its plan covers digest and ABI, each apart', () => {
  const named = { ...context, plan: new Uint8Array(32), abi: '' }
  const input = (changes: Partial<typeof named>) =>
    Buffer.from(challengeMacInput(encodeChallengeHead(head), { ...named, ...changes })).toString('hex')
  // A plan of 32 bytes is not taken for a digest.
  const whole = challengeMacInput(encodeChallengeHead(head), { ...context, plan: new Uint8Array(32) })
  const all = [
    input({}),
    input({ abi: 'x86' }),
    input({ plan: new Uint8Array(32).fill(1) }),
    Buffer.from(whole).toString('hex'),
  ]
  expect(new Set(all).size).toBe(all.length)
})

test('another number of random bytes is misuse', () => {
  expect(() => encodeChallengeHead({ ...head, random: new Uint8Array(15) })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
  )
})
