import { decodeCompactJws } from '@assay/protocol'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { createTokenIds, createTokenIssuer } from '../../src/attestation/issue.ts'
import { createSigningKeyUseCases } from '../../src/operations/signing-keys.usecases.ts'
import type { StoredSigningKey } from '../../src/operations/ports.ts'
import { makeKey } from '../support/device.ts'

const day = 24 * 3600 * 1000

const api = {
  audience: 'https://api.example',
  token: 'attestation',
  mode: 'bound',
  tiers: ['warning'],
  token_lifetime: 300,
  development: false,
  apps: ['com.example'],
} as unknown as Api
const access: Api = { ...api, token: 'access' }

async function world() {
  const stored: StoredSigningKey[] = []
  const state = { now: 1000 * day }
  const keys = createSigningKeyUseCases({
    signingKeys: {
      insert: async (key) => (stored.push(key), 'ok'),
      list: async () => [...stored],
      retire: async () => true,
      replaceAll: async (key, at) => {
        const ended = stored.splice(0).map((each) => ({ ...each, retireAt: at }))
        stored.push(...ended, key)
        return ended.map(({ kid }) => kid)
      },
    },
    clock: () => state.now,
  })
  await keys.refresh()
  const issue = createTokenIssuer({
    pseudonymOf: () => 'n'.repeat(43),
    signingKey: (at) => keys.signing(at),
    publicUrl: () => 'https://attest.example',
    tokenIdOf: createTokenIds(Buffer.alloc(32, 1)),
  })
  const { jwk, thumbprint } = makeKey()
  /** The use of the challenge was dated by another clock, `behind` milliseconds behind that of the keys. */
  const issued = (behind: number, isRepeat: boolean, more: Partial<Parameters<typeof issue>[0]> = {}) => {
    const { token } = issue({
      app: { id: 'com.example', platform: 'web' } as App,
      build: { id: '1' } as BuildSummary,
      api,
      tier: 'warning',
      holderKey: 'software',
      allowed: false,
      key: jwk,
      thumbprint,
      challenge: 'challenge',
      at: state.now - behind,
      isRepeat,
      ...more,
    })
    return decodeCompactJws(token)?.header['kid']
  }
  return { state, keys, issued }
}

it('the current key signs a first use, even if another clock dates it before a rotation', async () => {
  const { state, keys, issued } = await world()
  state.now += 40 * day
  const { kid } = await keys.rotate()
  for (const behind of [0, 1_000, 120_000]) expect(issued(behind, false)).toBe(kid)
})

it('the key of the first use signs a repeat, unless it was withdrawn', async () => {
  const { state, keys, issued } = await world()
  const { kid } = keys.signing()
  state.now += 60_000
  expect(issued(30_000, true)).toBe(kid)
  await keys.rotate()
  expect(() => issued(30_000, true)).toThrow(expect.objectContaining({ code: 'challenge_expired' }))
})

it.each([
  ['the allow list', { allowed: true }],
  ['a tier that the API does not admit', { tier: 'affirming' }],
  ['a tier that none may carry', { tier: 'contraindicated' }],
] as const)('an access token for %s is a malfunction, and not issued', async (_, more) => {
  const { issued } = await world()
  const tiers = ['warning', 'contraindicated'] as Api['tiers']
  expect(issued(0, false, { api: { ...access, tiers } })).toEqual(expect.any(String))
  expect(() => issued(0, false, { api: { ...access, tiers }, ...more })).toThrow('does not admit')
})

it.each([
  ['for development', { development: true }],
  ['of two apps', { apps: ['com.example', 'com.example.other'] }],
] as const)('an access token for an API %s is a malfunction, and not issued', async (_, more) => {
  const { issued } = await world()
  expect(issued(0, false, { api: access })).toEqual(expect.any(String))
  expect(() => issued(0, false, { api: { ...access, ...more } as Api })).toThrow('may have none')
})
