import { describe, expect, test } from 'vitest'
import { appraise, earDocument, softwareOnlyPolicy } from '../src/index.ts'
import { always, appraising, now, policyOf, softwareClaims } from './claims.ts'

const options = {
  verifier: { developer: 'https://attest.example.com', build: 'assay 0.1.0' },
  policies: 'https://attest.example.com/policies',
}

test('a result of software evidence, with the names of draft-03', () => {
  const result = appraising(softwareOnlyPolicy)
  const policyIds = ['https://attest.example.com/policies/software-only/1']
  expect(earDocument(result, { ...options, expiresAt: now + 300 })).toEqual({
    eat_profile: 'tag:ietf.org,2026:rats/ear#03',
    iat: now,
    exp: now + 300,
    ear_verifier_id: { developer: 'https://attest.example.com', build: 'assay 0.1.0' },
    ear_status: 'warning',
    submods: {
      app: {
        ear_status: 'affirming',
        ear_trustworthiness_vector: { executables: 2 },
        ear_appraisal_policy_ids: policyIds,
      },
      device: {
        ear_status: 'warning',
        ear_trustworthiness_vector: { 'runtime-opaque': 32 },
        ear_appraisal_policy_ids: policyIds,
      },
      key: {
        ear_status: 'warning',
        ear_trustworthiness_vector: { 'storage-opaque': 32 },
        ear_appraisal_policy_ids: policyIds,
      },
    },
    'urn:assay:ear:reasons': ['SOFTWARE_ONLY'],
  })
})

test('a result without verdict still has one part, which asserts nothing', () => {
  const result = appraise({ claims: [], policy: { ...softwareOnlyPolicy, id: 'a policy' }, now })
  expect(earDocument(result, options)).toEqual({
    eat_profile: 'tag:ietf.org,2026:rats/ear#03',
    iat: now,
    ear_verifier_id: { developer: 'https://attest.example.com', build: 'assay 0.1.0' },
    ear_status: 'none',
    submods: {
      app: {
        ear_status: 'none',
        ear_trustworthiness_vector: {},
        ear_appraisal_policy_ids: ['https://attest.example.com/policies/a%20policy/1'],
      },
    },
    'urn:assay:ear:reasons': ['NO_EVIDENCE'],
  })
})

test('only parts about which something is asserted', () => {
  const rule = { when: always, tier: 'affirming', vector: { key: { 'instance-identity': 2 } } } as const
  expect(Object.keys(earDocument(appraising(policyOf(rule)), options).submods)).toEqual(['key'])
})

describe('misuse', () => {
  const result = appraising(softwareOnlyPolicy, softwareClaims())
  test.each([
    ['no developer', { verifier: { developer: '', build: '1' } }],
    ['no build', { verifier: { developer: 'x', build: '' } }],
    ['no place of policies', { policies: '' }],
    ['an expiry that has passed', { expiresAt: now }],
    ['an expiry with a fraction', { expiresAt: now + 1.5 }],
  ])('%s', (_, change) => {
    expect(() => earDocument(result, { ...options, ...change })).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
    )
  })
})
