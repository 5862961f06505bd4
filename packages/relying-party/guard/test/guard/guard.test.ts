import { describe, expect, test } from 'vitest'
import type { Decision, GuardOptions } from '@assay/guard'
import { guardRefusalCodes } from '@assay/guard/codes'
import {
  app,
  codeOf,
  cryptos,
  judged,
  mintPop,
  mintProof,
  mintToken,
  newGuard,
  newRequest,
  now,
  sha256,
} from '../minting.ts'

describe.each(cryptos)('an acceptance, with %s', (_, newCrypto) => {
  test('says what is known, and nothing can be changed in it', async () => {
    const decision = await newGuard({ crypto: newCrypto() }).verify(newRequest())
    expect(decision).toEqual({
      ok: true,
      app,
      build: '1.4.2+142',
      channel: 'production',
      platform: 'android',
      tier: 'warning',
      holderKey: 'software',
      installation: 'pseudonym-1',
      jkt: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      jti: 'token-0001',
      issuedAt: now - 5,
      expiresAt: now + 295,
      mode: 'bound',
      proof: 'dpop_combined',
      enforcement: 'enforce',
      wouldRefuse: null,
      headers: {},
    })
    expect(Object.isFrozen(decision)).toBe(true)
    expect(Object.isFrozen(decision.headers)).toBe(true)
  })

  test('says how possession was proven', async () => {
    const guard = newGuard({ crypto: newCrypto(), proofs: ['attestation_pop_jwt'] })
    expect(await guard.verify(newRequest({ proof: undefined, pop: mintPop() }))).toMatchObject({
      proof: 'attestation_pop_jwt',
    })
    const bearer = newGuard({ crypto: newCrypto(), mode: 'bearer' })
    const token = mintToken({ claims: { mode: 'bearer' } })
    expect(await bearer.verify(newRequest({ token, proof: undefined }))).toMatchObject({
      mode: 'bearer',
      proof: null,
    })
  })

  test('is given to a Request as it stands', async () => {
    const guard = newGuard({ crypto: newCrypto() })
    const headers = { 'OAuth-Client-Attestation': mintToken(), DPoP: mintProof() }
    expect(
      (await guard.verify(new Request('http://internal:8080/v1/orders?x', { method: 'POST', headers }))).ok,
    ).toBe(true)
    const twice = new Headers(headers)
    twice.append('DPoP', mintProof())
    expect(
      codeOf(
        await guard.verify(new Request('http://internal/v1/orders', { method: 'POST', headers: twice })),
      ),
    ).toBe('PROOF_REPEATED')
  })
})

describe('observe', () => {
  const observing = (changes: Partial<GuardOptions> = {}) => newGuard({ enforcement: 'observe', ...changes })
  const tier = (word: string) => newRequest({ token: mintToken({ claims: { ear_status: word } }) })

  test('lets every tier through that a token can have, and reports it', async () => {
    expect(await observing().verify(tier('contraindicated'))).toMatchObject({
      ok: true,
      enforcement: 'observe',
      tier: 'contraindicated',
      wouldRefuse: 'TIER_NOT_ADMITTED',
    })
    expect(await observing().verify(tier('affirming'))).toMatchObject({ ok: true, wouldRefuse: null })
  })

  test('the tier none is accepted nowhere', async () => {
    expect(codeOf(await observing().verify(tier('none')))).toBe('TIER_NOT_ADMITTED')
  })

  test('nothing but the tier is a matter of degree', async () => {
    expect(await judged(observing(), { token: undefined })).toBe('TOKEN_MISSING')
    expect(await judged(observing(), { proof: mintProof({ claims: { htm: 'GET' } }) })).toBe('PROOF_HTM')
    expect(await judged(observing(), { token: mintToken({ claims: { sub: 'com.example.other' } }) })).toBe(
      'APP_NOT_ADMITTED',
    )
  })
})

describe('routes', () => {
  test('accept what they list and share single use', async () => {
    const guard = newGuard()
    const strict = guard.forRoute({ apps: [app, 'com.example.admin'], tiers: ['affirming'] })
    expect(await judged(strict)).toBe('TIER_NOT_ADMITTED')
    const affirming = mintToken({ claims: { ear_status: 'affirming' } })
    const proof = mintProof()
    expect(await judged(strict, { token: affirming, proof })).toBe('ok')
    expect(await judged(guard, { token: affirming, proof })).toBe('PROOF_REPLAYED')
    const admin = mintToken({ claims: { sub: 'com.example.admin', ear_status: 'affirming' } })
    expect(await judged(strict, { token: admin })).toBe('ok')
    expect(await judged(guard, { token: admin })).toBe('APP_NOT_ADMITTED')
  })

  test('have no defaults', () => {
    const code = 'ERR_INVALID_ARG_VALUE'
    expect(() => newGuard().forRoute({ apps: [], tiers: ['warning'] })).toThrow(
      expect.objectContaining({ code }),
    )
    expect(() => newGuard().forRoute({ apps: [app], tiers: [] })).toThrow(expect.objectContaining({ code }))
  })
})

describe("the operator's log", () => {
  test('sees each decision once, with the code that callers do not see, and no query', async () => {
    const seen: unknown[] = []
    const guard = newGuard({ onDecision: (decision, request) => seen.push([codeOf(decision), request]) })
    await judged(guard, { url: '/v1/orders?email=a@b' })
    await judged(guard, { token: undefined })
    await judged(guard.forRoute({ apps: [app], tiers: ['affirming'] }))
    expect(seen).toEqual([
      ['ok', { method: 'POST', path: '/v1/orders' }],
      ['TOKEN_MISSING', { method: 'POST', path: '/v1/orders' }],
      ['TIER_NOT_ADMITTED', { method: 'POST', path: '/v1/orders' }],
    ])
  })

  test('learns who was refused, where that had been verified', async () => {
    const decisions: Decision[] = []
    const guard = newGuard({ onDecision: (decision) => void decisions.push(decision) })
    await judged(guard, { proof: mintProof({ claims: { htm: 'GET' } }) })
    await judged(guard, { token: `${mintToken().slice(0, -8)}AAAAAAAA` })
    expect(decisions[0]).toMatchObject({ code: 'PROOF_HTM', attested: { app, jti: 'token-0001' } })
    expect(decisions[1]).toMatchObject({ code: 'TOKEN_SIGNATURE', attested: null })
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('log is full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('log is full'))],
    ['never settles', () => new Promise(() => undefined)],
  ])('a hook that %s changes no decision', async (name, hook) => {
    const faults: unknown[] = []
    const onFault = (fault: unknown) => {
      faults.push(fault)
      throw new Error('and so is this one')
    }
    const guard = newGuard({ onDecision: hook, onFault })
    expect(await judged(guard)).toBe('ok')
    expect(await judged(guard, { token: undefined })).toBe('TOKEN_MISSING')
    await new Promise((resolve) => setImmediate(resolve))
    expect(faults).toHaveLength(name === 'never settles' ? 0 : 2)
  })

  test('a hook that throws needs nobody to tell', async () => {
    const onDecision = () => {
      throw new Error('log is full')
    }
    expect(await judged(newGuard({ onDecision }))).toBe('ok')
  })
})

/** Malfunctions: neither a pass nor a denial, whichever way a port fails. */
describe('ports that fail', () => {
  const failures: [string, () => never | Promise<never>][] = [
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    [
      'throws nothing in particular',
      () => {
        throw undefined as unknown as Error
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['never settles', () => new Promise<never>(() => undefined)],
  ]

  describe.each(failures)('that %s', (_, fail) => {
    test('a replay store', async () => {
      const guard = newGuard({ replayStore: { shared: true, addIfAbsent: fail }, portTimeout: 0.02 })
      expect(await guard.verify(newRequest())).toMatchObject({
        kind: 'malfunction',
        status: 503,
        code: 'REPLAY_STORE_FAILED',
      })
    })

    test('a deny list', async () => {
      const guard = newGuard({ denyList: { denies: fail }, portTimeout: 0.02 })
      expect(await guard.verify(newRequest())).toMatchObject({
        kind: 'malfunction',
        status: 503,
        code: 'DENY_LIST_FAILED',
      })
    })

    test('a nonce source, when it issues and when it checks', async () => {
      const issue = () => 'next'
      const failing = { perNode: true, issue: fail, check: () => 'refused' as const }
      expect(await judged(newGuard({ nonces: failing, portTimeout: 0.02 }))).toBe('NONCE_SOURCE_FAILED')
      const proof = mintProof({ claims: { nonce: 'n' } })
      expect(
        await judged(newGuard({ nonces: { perNode: true, issue, check: fail }, portTimeout: 0.02 }), {
          proof,
        }),
      ).toBe('NONCE_SOURCE_FAILED')
    })
  })

  const answers: [string, unknown][] = [
    ['nothing', undefined],
    ['a number', 1],
    ['OK', 'OK'],
    ['null', null],
  ]
  test.each(answers)('an answer of %s is none', async (_, answer) => {
    const addIfAbsent = async () => answer as boolean
    expect(await judged(newGuard({ replayStore: { shared: true, addIfAbsent } }))).toBe('REPLAY_STORE_FAILED')
    expect(await judged(newGuard({ denyList: { denies: () => answer as boolean } }))).toBe('DENY_LIST_FAILED')
    const nonces = { perNode: true, issue: () => 'next', check: () => answer as 'fresh' }
    expect(await judged(newGuard({ nonces }), { proof: mintProof({ claims: { nonce: 'n' } }) })).toBe(
      'NONCE_SOURCE_FAILED',
    )
  })

  test.each([
    ['a line break', 'a\r\nSet-Cookie: x'],
    ['a quote', '"'],
    ['nothing', ''],
    ['too much', 'n'.repeat(257)],
  ])('a nonce source that issues %s', async (_, nonce) => {
    const nonces = { perNode: true, issue: () => nonce, check: () => 'refused' as const }
    expect(await judged(newGuard({ nonces }))).toBe('NONCE_SOURCE_FAILED')
  })

  test.each([
    ['NaN', NaN],
    ['zero', 0],
    ['infinity', Infinity],
    ['text', '1790000010000'],
    ['a date', new Date(0)],
  ])('a clock that says %s', async (_, time) => {
    expect(await judged(newGuard({ clock: () => time as number }))).toBe('CLOCK_FAILED')
  })

  test('a clock that throws', async () => {
    const clock = () => {
      throw new Error('stopped')
    }
    expect(await judged(newGuard({ clock }))).toBe('CLOCK_FAILED')
  })

  test.each(cryptos)('%s that fails at any step', async (_, newCrypto) => {
    const crypto = newCrypto()
    const fail = () => Promise.reject(new Error('no entropy'))
    const brokenKey = async (jwk: Parameters<typeof crypto.importKey>[0]) => {
      const key = await crypto.importKey(jwk)
      return key && { verify: fail }
    }
    expect(await judged(newGuard({ crypto: { ...crypto, sha256: fail } }))).toBe('CRYPTO_FAILED')
    expect(await judged(newGuard({ crypto: { ...crypto, importKey: brokenKey } }))).toBe('CRYPTO_FAILED')
    expect(await judged(newGuard({ crypto: { ...crypto, importKey: fail } }))).toBe('KEY_SOURCE_FAILED')
    expect(await judged(newGuard({ crypto }))).toBe('ok')
  })

  test('a port that failed once is asked again', async () => {
    let down = true
    const replayStore = {
      shared: true,
      addIfAbsent: () => {
        if (down) throw new Error('down')
        return true
      },
    }
    const guard = newGuard({ replayStore })
    const proof = mintProof()
    expect(await judged(guard, { proof })).toBe('REPLAY_STORE_FAILED')
    down = false
    expect(await judged(guard, { proof })).toBe('ok')
  })

  test('what is no request is a malfunction, not a crash', async () => {
    const guard = newGuard()
    for (const request of [undefined, null, {}, { headers: null }, { method: 'GET', url: 5, headers: {} }]) {
      expect((await guard.verify(request as never)).ok).toBe(false)
    }
  })
})

test.each([
  [10, 'ok'],
  [12, 'PROOF_TOO_OLD'],
])('a proof that has 11 s left is judged after a wait of %d s: %s', async (wait, outcome) => {
  let time = now
  const denies = async () => {
    time += wait
    return false
  }
  const proof = mintProof({ claims: { iat: now - 59 } })
  expect(await judged(newGuard({ clock: () => time * 1000, denyList: { denies } }), { proof })).toBe(outcome)
})

test('the store is asked last: a request that is refused for another reason leaves no trace', async () => {
  const asked: string[] = []
  const guard = newGuard({ replayStore: { shared: true, addIfAbsent: (key) => asked.push(key) > 0 } })
  for (const claims of [
    { htm: 'GET' },
    { htu: 'https://x.example/' },
    { iat: now - 600 },
    { jti: 'x' },
    { ath: sha256('x') },
  ]) {
    expect(guardRefusalCodes).toContain(await judged(guard, { proof: mintProof({ claims }) }))
  }
  expect(guardRefusalCodes).toContain(
    await judged(guard, { token: mintToken({ claims: { ear_status: 'contraindicated' } }) }),
  )
  expect(asked).toEqual([])
  expect(await judged(guard)).toBe('ok')
  expect(asked).toHaveLength(1)
})

describe('a request without a token', () => {
  const statusOf = async (...values: string[]) => {
    const decision = await newGuard().verify(
      newRequest({ token: undefined, more: { 'assay-status': values } }),
    )
    return decision.ok
      ? 'ok'
      : decision.kind === 'refused'
        ? [decision.code, decision.clientStatus]
        : decision.code
  }

  test('tells the log why an app had none, if it says so in the form that the SDK has', async () => {
    expect(await statusOf('service_unavailable')).toEqual(['TOKEN_MISSING', 'service_unavailable'])
    for (const values of [[], ['Offline'], ['offline\nforged'], ['offline', 'offline'], ['a'.repeat(65)]])
      expect(await statusOf(...values)).toEqual(['TOKEN_MISSING', null])
  })

  test('is refused whatever it says; with a token, nothing is read', async () => {
    const decision = await newGuard().verify(
      newRequest({ proof: undefined, more: { 'assay-status': 'offline' } }),
    )
    expect(decision).toMatchObject({ code: 'PROOF_MISSING', clientStatus: null })
  })
})
