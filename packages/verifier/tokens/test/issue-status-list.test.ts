import { createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { decodeCompactJws } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { generateSigningKey, issueStatusList, withRetirement } from '../src/index.ts'
import { misuse, thrownBy } from './misuse.ts'

const now = 1_790_000_000
const key = generateSigningKey('ES256', now, now)
const input = {
  key,
  issuer: 'https://attest.example.com',
  audience: 'https://api.example.com',
  now,
  retired: [{ app: 'com.example', build: '1.0+1' }],
  banned: ['A'.repeat(43)],
}

describe('a status list', () => {
  it('is signed by a key of tokens, under a type of its own', () => {
    const jws = decodeCompactJws(issueStatusList(input))
    expect(jws?.header).toEqual({ alg: 'ES256', typ: 'assay-status+jwt', kid: key.kid })
    expect(jws?.payload).toEqual({
      iss: input.issuer,
      aud: input.audience,
      iat: now,
      exp: now + 3600,
      retired: input.retired,
      banned: input.banned,
    })
    const publicKey = createPublicKey({ key: key.jwk as JsonWebKey, format: 'jwk' })
    const [data, signature] = [jws?.signingInput ?? Buffer.of(), jws?.signature ?? Buffer.of()]
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  })

  it('names its shards instead of installations', () => {
    const shards = ['A'.repeat(43), 'B'.repeat(43)]
    const jws = decodeCompactJws(issueStatusList({ ...input, banned: [], shards }))
    expect(jws?.payload).toMatchObject({ banned: [], shards })
  })

  it.each([
    ['an issuer that is no URL', { issuer: 'attest' }],
    ['an audience that is no URL', { audience: 'orders' }],
    ['a time that is not whole', { now: now + 0.5 }],
    ['a key that does not sign yet', { now: now - 1 }],
    ['a key that was withdrawn', { key: withRetirement(key, now) }],
    ['names beside shards', { shards: ['A'.repeat(43)] }],
    ['three shards', { banned: [], shards: ['A', 'B', 'C'] }],
    ['no shards', { banned: [], shards: [] }],
  ])('is not issued with %s', (_what, wrong) => {
    expect(thrownBy(() => issueStatusList({ ...input, ...wrong }))).toEqual(misuse)
  })
})
