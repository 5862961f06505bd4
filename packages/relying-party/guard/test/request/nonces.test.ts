import { describe, expect, test } from 'vitest'
import { createNonces, type GuardOptions } from '@assay/guard'
import { createNodeCrypto, createNodeNonces } from '@assay/guard/node'
import { fixedRandom } from '@assay/testkit/fixed'
import { audience, cryptos, judged, mintPop, mintProof, newGuard, newRequest, now } from '../minting.ts'

const key = Buffer.alloc(32, 7)
const noncesWith = (changes: object = {}) => createNodeNonces({ audience, key, ...changes })

describe.each(cryptos)('with %s', (_, newCrypto) => {
  const nonces = createNonces({ audience, key, random: fixedRandom('guard'), crypto: newCrypto() })

  test('a nonce is good until it is old, and halfway the next one is due', async () => {
    const nonce = await nonces.issue(now)
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{44}$/)
    expect(await nonces.check(nonce, now)).toBe('fresh')
    expect(await nonces.check(nonce, now + 150)).toBe('fresh')
    expect(await nonces.check(nonce, now + 151)).toBe('ageing')
    expect(await nonces.check(nonce, now + 300)).toBe('ageing')
    expect(await nonces.check(nonce, now + 301)).toBe('refused')
    expect(await nonces.issue(now)).not.toBe(nonce)
  })

  test('no bit of it can be changed', async () => {
    const bytes = Buffer.from(await nonces.issue(now), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(await nonces.check(changed.toString('base64url'), now)).toBe('refused')
    }
  })

  test.each(['', 'x', 'A'.repeat(44), 'é'.repeat(44), `${'A'.repeat(43)}=`])('%j is none', async (text) => {
    expect(await nonces.check(text, now)).toBe('refused')
  })

  test('nonces of another API, key or purpose are none', async () => {
    const nonce = await nonces.issue(now)
    expect(await noncesWith({ audience: 'https://other.example' }).check(nonce, now)).toBe('refused')
    expect(await noncesWith({ key: Buffer.alloc(32, 8) }).check(nonce, now)).toBe('refused')
    expect(await noncesWith().check(nonce, now)).toBe('fresh')
    const challenge = 'AQcBoMRQbAAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhdHNS1QbGb7ND0UI_WO_9GS'
    expect(await nonces.check(challenge, now)).toBe('refused')
  })
})

describe('at the guard', () => {
  const nonces = noncesWith()
  const options: Partial<GuardOptions> = { nonces, proofs: ['dpop_combined', 'attestation_pop_jwt'] }

  test('the answer to a proof without one carries one that is then good', async () => {
    const guard = newGuard(options)
    const decision = await guard.verify(newRequest())
    expect(decision).toMatchObject({ code: 'NONCE_MISSING', status: 401, body: { code: 'use_dpop_nonce' } })
    const nonce = decision.headers['DPoP-Nonce']
    expect(decision.headers['OAuth-Client-Attestation-Challenge']).toBe(nonce)
    expect(decision.headers['WWW-Authenticate']).toBe('DPoP algs="ES256", error="use_dpop_nonce"')
    expect(await judged(guard, { proof: mintProof({ claims: { nonce } }) })).toBe('ok')
    expect(await judged(guard, { proof: undefined, pop: mintPop({ claims: { challenge: nonce } }) })).toBe(
      'ok',
    )
  })

  test('no downgrade: once nonces are on, a proof without one never passes again', async () => {
    const guard = newGuard(options)
    const nonce = await nonces.issue(now)
    expect(await judged(guard, { proof: mintProof({ claims: { nonce } }) })).toBe('ok')
    expect(await judged(guard)).toBe('NONCE_MISSING')
    expect(await judged(guard, { proof: undefined, pop: mintPop({ claims: { nonce } }) })).toBe(
      'NONCE_MISSING',
    )
  })

  test.each([
    ['text of 4 kB', 'n'.repeat(3000)],
    ['a number', 5],
    ['null', null],
    ['an object', {}],
  ])('a nonce that is %s is refused', async (_, nonce) => {
    expect(await judged(newGuard(options), { proof: mintProof({ claims: { nonce } }) })).toBe('NONCE_INVALID')
  })

  test('an ageing nonce passes and the response carries the next one', async () => {
    const guard = newGuard(options)
    const decision = await guard.verify(
      newRequest({ proof: mintProof({ claims: { nonce: await nonces.issue(now - 200) } }) }),
    )
    expect(decision.ok).toBe(true)
    expect(await nonces.check(decision.headers['DPoP-Nonce'] as string, now)).toBe('fresh')
    const fresh = await guard.verify(
      newRequest({ proof: mintProof({ claims: { nonce: await nonces.issue(now) } }) }),
    )
    expect(fresh).toMatchObject({ ok: true, headers: {} })
  })

  test('the code for the PoP JWT is that of its own draft', async () => {
    const decision = await newGuard(options).verify(newRequest({ proof: undefined, pop: mintPop() }))
    expect(decision).toMatchObject({ body: { code: 'use_attestation_challenge' } })
  })

  test('junk costs one MAC: no signature is verified before the nonce', async () => {
    const crypto = createNodeCrypto()
    let imports = 0
    const guard = newGuard({
      ...options,
      crypto: { ...crypto, importKey: (jwk) => (imports++, crypto.importKey(jwk)) },
    })
    expect(await judged(guard, { token: 'junk' })).toBe('NONCE_MISSING')
    expect(imports).toBe(0)
  })

  test('nonces of this process alone make single use exact without a shared store', () => {
    expect(newGuard().singleUse).toBe('once_per_node')
    expect(newGuard({ nonces }).singleUse).toBe('once_per_node')
    expect(newGuard({ nonces: createNodeNonces({ audience }) }).singleUse).toBe('once')
    expect(newGuard({ replayStore: { shared: true, addIfAbsent: () => true } }).singleUse).toBe('once')
  })

  test('a proof with the nonce of one node does not pass at another', async () => {
    const [here, there] = [createNodeNonces({ audience }), createNodeNonces({ audience })]
    const proof = mintProof({ claims: { nonce: await here.issue(now) } })
    expect(await judged(newGuard({ nonces: here }), { proof })).toBe('ok')
    expect(await judged(newGuard({ nonces: there }), { proof })).toBe('NONCE_INVALID')
  })
})

test.each([
  ['a short key', { key: Buffer.alloc(31) }],
  ['a key of text', { key: 'k'.repeat(32) }],
  ['no audience', { audience: undefined }],
  ['an audience that is none', { audience: 'api' }],
  ['a lifetime of nothing', { lifetime: 0 }],
  ['no randomness', { random: undefined }],
  ['crypto without its methods', { crypto: {} }],
])('%s is misuse', (_, changes) => {
  const settings = { audience, key, random: fixedRandom('guard'), ...changes } as Parameters<
    typeof createNonces
  >[0]
  const [option = ''] = Object.keys(changes)
  const message = expect.stringMatching(new RegExp(`^${option} must be `))
  expect(() => createNonces(settings)).toThrow(
    expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE', message }),
  )
})
