import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stats } from '@assay/protocol/schemas'
import { challengeBody, measure, signed } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, challenge, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

describe('a flood from one network', () => {
  let service: ServiceUnderTest
  beforeAll(async () => {
    service = await runService({
      limits: { network: { requests: 3, seconds: 60 } },
      trustedProxies: ['127.0.0.1'],
    })
  })
  afterAll(() => service.close())
  const ask = (address: string) =>
    service.call('POST', '/v1/challenges', { body: {}, key: null, headers: { 'x-forwarded-for': address } })

  it('gets 429 with the time to come back, while other networks are served', async () => {
    const statuses = []
    for (let i = 1; i <= 4; i++) statuses.push((await ask(`192.0.2.${i}`)).status)
    expect(statuses).toEqual([400, 400, 400, 429])
    const refused = await ask('192.0.2.77')
    expect(refused.json).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('ratelimit-policy')).toBe(
      '"network";q=3;w=60, "challenges";q=6000;w=60, "app";q=60000;w=60',
    )
    expect(refused.headers.get('ratelimit')).toMatch(/^"network";r=0;t=[0-9]+$/)
    expect((await ask('198.51.100.1')).status).toBe(400)
    expect((await service.call('GET', '/livez')).status).toBe(200)
    service.advance(20_000)
    expect((await ask('192.0.2.1')).status).toBe(400)
    expect((await ask('192.0.2.1')).status).toBe(429)
  })
})

it('an API key has a quota of its own, wherever it is used, and leaves those of others alone', async () => {
  const service = await runService({ limits: { key: { requests: 3, seconds: 3_600 } } })
  try {
    const { secret: key } = (await service.call('POST', '/v1/keys', { body: { name: 'r', scope: 'read' } }))
      .json as { secret: string }
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await service.call('GET', '/v1/apps', { key })).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const refused = await service.call('GET', '/v1/apps', { key })
    expect(refused.json).toMatchObject({ code: 'rate_limited' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const stats = (await service.call('GET', '/v1/stats?by=code')).json as Stats
    expect(stats.groups).toMatchObject([{ code: 'LIMIT_KEY', unserved: 2 }])
  } finally {
    await service.close()
  }
})

it('does not believe a forwarded address that no proxy of ours has set', async () => {
  const service = await runService({ limits: { network: { requests: 1, seconds: 60 } } })
  try {
    const ask = (address: string) =>
      service.call('POST', '/v1/challenges', { body: {}, key: null, headers: { 'x-forwarded-for': address } })
    expect((await ask('192.0.2.1')).status).toBe(400)
    expect((await ask('198.51.100.1')).status).toBe(429)
  } finally {
    await service.close()
  }
})

it('says of an attestation beyond the limit of its app when to come back, and keeps nothing of it', async () => {
  const service = await runService({ limits: { app: { requests: 1, seconds: 60 } } })
  try {
    await registerWebApp(service)
    expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
    const device = webDevice()
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    const refused = await service.call('POST', '/v1/attestations', { body, key: null })
    expect(refused.json).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const { trace } = refused.json as { trace: string }
    expect((await service.problem('GET', `/v1/attestations/${trace}`)).code).toBe('trace_not_found')
    service.advance(60_000)
    expect((await service.call('POST', '/v1/attestations', { body, key: null })).status).toBe(200)
  } finally {
    await service.close()
  }
})

it('leaves the limit of an app to signed answers: challenges of others do not use it up', async () => {
  const service = await runService({ limits: { app: { requests: 1, seconds: 60 } } })
  try {
    await registerWebApp(service)
    for (let i = 0; i < 5; i++) {
      const asked = await service.call('POST', '/v1/challenges', {
        body: challengeBody(webDevice()),
        key: null,
      })
      expect(asked.status).toBe(200)
    }
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const forged = signed(webDevice().key, clientData)
    expect((await service.problem('POST', '/v1/attestations', { body: forged, key: null })).code).toBe(
      'client_data_signature_invalid',
    )
    const body = signed(device.key, clientData)
    expect((await service.call('POST', '/v1/attestations', { body, key: null })).status).toBe(200)
  } finally {
    await service.close()
  }
})

it('counts a network of IPv6 with the wider ones that its owner may have', async () => {
  const service = await runService({
    limits: { network: { requests: 2, seconds: 3_600 } },
    trustedProxies: ['127.0.0.1'],
  })
  try {
    const ask = async (address: string) =>
      (
        await service.call('POST', '/v1/challenges', {
          body: {},
          key: null,
          headers: { 'x-forwarded-for': address },
        })
      ).status
    const statuses: number[] = []
    // Four networks of one /56 take what it has; a fifth one gets nothing, another /56 does.
    for (let network = 0; network < 5; network++)
      for (let i = 0; i < 2; i++) statuses.push(await ask(`2001:db8:1:ab0${network}::${i + 1}`))
    expect(statuses).toEqual([...Array<number>(8).fill(400), 429, 429])
    expect(await ask('2001:db8:1:ac00::1')).toBe(400)
    service.advance(3_600_000)
    expect(await ask('2001:db8:1:ab04::1')).toBe(400)
  } finally {
    await service.close()
  }
})

it('limits the challenges of one network, but not the answers to them', async () => {
  const service = await runService({
    limits: { challenges: { requests: 2, seconds: 3_600 } },
    trustedProxies: ['127.0.0.1'],
  })
  const post = (to: string, address: string) =>
    service.call('POST', to, { body: {}, key: null, headers: { 'x-forwarded-for': address } })
  try {
    for (const address of ['192.0.2.1', '2001:db8::1']) {
      expect((await post('/v1/challenges', address)).status).toBe(400)
      expect((await post('/v1/challenges', address)).status).toBe(400)
    }
    for (const address of ['192.0.2.200', '2001:db8::ffff:ffff']) {
      const refused = await post('/v1/challenges', address)
      expect(refused.json).toMatchObject({ code: 'rate_limited' })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused.headers.get('ratelimit')).toMatch(/^"network";r=\d+;t=\d+, "challenges";r=0;t=[1-9]\d*$/)
      expect((await post('/v1/attestations', address)).status).toBe(400)
    }
    for (const address of ['192.0.3.1', '2001:db8:0:1::1'])
      expect((await post('/v1/challenges', address)).status).toBe(400)
    // The /56 around the networks of IPv6 has 2 × 4, of which three are gone.
    const statuses: number[] = []
    for (let network = 2; network < 8; network++)
      statuses.push((await post('/v1/challenges', `2001:db8:0:${network}::1`)).status)
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429])
  } finally {
    await service.close()
  }
})

it('limits guesses at API keys by one network, and does not affect holders of a key', async () => {
  const service = await runService({
    limits: { guesses: { requests: 3, seconds: 3_600 } },
    trustedProxies: ['127.0.0.1'],
  })
  const ask = async (key: string | null, address: string) =>
    service.call('GET', '/v1/apps', { key, headers: { 'x-forwarded-for': address } })
  const guess = `assay_${'A'.repeat(43)}`
  try {
    const made = await service.call('POST', '/v1/keys', { body: { name: 'of a colleague', scope: 'admin' } })
    const { secret: unused } = made.json as { secret: string }
    for (let i = 0; i < 10; i++) expect((await ask(service.adminKey, '192.0.2.1')).status).toBe(200)
    // Without a key nobody guesses.
    for (let i = 0; i < 10; i++) expect((await ask(null, '192.0.2.1')).status).toBe(401)
    const statuses = await Promise.all([guess, guess, guess, guess].map((key) => ask(key, '192.0.2.2')))
    expect(statuses.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429])
    // Also with a right one: otherwise the limit would only say that a guess was wrong.
    const refused = await ask(unused, '192.0.2.3')
    expect(refused.json).toMatchObject({ code: 'rate_limited' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    // A key that has opened something before is no guess.
    expect((await ask(service.adminKey, '192.0.2.3')).status).toBe(200)
    expect((await ask(unused, '192.0.3.1')).status).toBe(200)
    service.advance(1_200_000)
    expect((await ask(guess, '192.0.2.3')).status).toBe(401)
    // A /56 has 3 × 4 guesses, however many networks they come from, and what is no guess costs it none.
    for (let i = 0; i < 20; i++) expect((await ask(service.adminKey, `2001:db8:0:${i}::1`)).status).toBe(200)
    for (let i = 0; i < 13; i++)
      expect((await ask(guess, `2001:db8:0:${i}::1`)).status).toBe(i < 12 ? 401 : 429)
  } finally {
    await service.close()
  }
})

it('counts what was beyond a limit, under the limit', async () => {
  const service = await runService({
    limits: {
      network: { requests: 6, seconds: 60 },
      challenges: { requests: 3, seconds: 60 },
      app: { requests: 1, seconds: 60 },
      guesses: { requests: 1, seconds: 60 },
    },
    trustedProxies: ['127.0.0.1'],
  })
  const ask = (address: string, path = '/v1/challenges') =>
    service.call('POST', path, { body: {}, key: null, headers: { 'x-forwarded-for': address } })
  const guess = () => service.call('GET', '/v1/apps', { key: `assay_${'A'.repeat(43)}` })
  try {
    await registerWebApp(service)
    expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
    const device = webDevice()
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    expect((await service.call('POST', '/v1/attestations', { body, key: null })).status).toBe(429)
    for (let i = 0; i < 5; i++) await ask('192.0.2.1')
    for (let i = 0; i < 4; i++) await ask('192.0.2.1', '/v1/attestations')
    expect([(await guess()).status, (await guess()).status]).toEqual([401, 429])
    const { groups } = (await service.call('GET', '/v1/stats?by=app,code,outcome&outcome=unserved'))
      .json as Stats
    const none = { outcome: 'unserved', passed: 0, refused: 0, malfunctions: 0, reported: 0 }
    expect(groups).toEqual([
      { ...none, app: '', code: 'LIMIT_NETWORK', unserved: 3 },
      { ...none, app: '', code: 'LIMIT_CHALLENGES', unserved: 2 },
      { ...none, app: '', code: 'LIMIT_GUESSES', unserved: 1 },
      { ...none, app: webApp, code: 'LIMIT_APP', unserved: 1 },
    ])
  } finally {
    await service.close()
  }
})
