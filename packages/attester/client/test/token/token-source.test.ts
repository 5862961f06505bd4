import { describe, expect, it } from 'vitest'
import { fixedRandom } from '@assay/testkit/fixed'
import { problem } from '../fake/fake-service.ts'
import { audience, codeOf, fakeWorld } from '../fake/fake-world.ts'

const day = 86_400_000
const down = (world: ReturnType<typeof fakeWorld>) => world.service.down.add('attest.example')
const up = (world: ReturnType<typeof fakeWorld>) => world.service.down.delete('attest.example')

describe('refresh in the background', () => {
  it('comes at half life, up to a tenth earlier', async () => {
    const { client, service, time } = fakeWorld()
    await client.getToken()
    const [due] = time.pending()
    expect(due).toBeGreaterThanOrEqual(135_000)
    expect(due).toBeLessThanOrEqual(150_000)
    await time.advance(134_000)
    expect(service.issued).toHaveLength(1)
    await time.advance(17_000)
    expect(service.issued).toHaveLength(2)
    expect((await client.getToken()).token).toBe('token-2')
    expect(service.calls).toHaveLength(4)
  })

  it('is spread by chance', async () => {
    const dues = await Promise.all(
      Array.from({ length: 8 }, async (_, device) => {
        const { client, time } = fakeWorld({ random: fixedRandom(`device ${device}`) })
        await client.getToken()
        return time.pending()[0]
      }),
    )
    expect(new Set(dues).size).toBeGreaterThan(1)
  })

  it('comes earlier when the service says so, and at half life when it says later or nothing', async () => {
    for (const [refreshAfter, latest] of [
      [60, 60_000],
      [10_000, 150_000],
      [0, 150_000],
    ] as const) {
      const { client, service, time } = fakeWorld()
      service.settings.refreshAfter = refreshAfter
      await client.getToken()
      expect(time.pending()[0]).toBeGreaterThanOrEqual(latest * 0.9)
      expect(time.pending()[0]).toBeLessThanOrEqual(latest)
    }
  })

  it('is never further away than a timer can wait', async () => {
    const { client, service, time } = fakeWorld()
    Object.assign(service.settings, { expiresIn: 1e9, refreshAfter: 0 })
    await client.getToken()
    expect(time.pending()).toEqual([2 ** 31 - 1])
  })

  it('stops when the app asks for no token, and goes on when it does', async () => {
    const { client, service, time } = fakeWorld({ idleAfter: 200_000 })
    await client.getToken()
    await time.advance(1_000_000)
    expect(service.issued).toHaveLength(2)
    expect(time.pending()).toHaveLength(0)
    await client.getToken()
    expect(service.issued).toHaveLength(3)
    expect(time.pending()).toHaveLength(1)
  })

  it('tells of each', async () => {
    const { client, events, time } = fakeWorld()
    await client.getToken()
    await time.advance(151_000)
    expect(events.map(({ name }) => name)).toEqual(['token', 'refreshed'])
    expect(events[0]?.event).toEqual({
      audiences: [audience],
      expiresIn: 300,
      trace: 'rrrrrrrrrrrrrrrrrrrrrr',
      clockOffset: expect.closeTo(0, 0),
      source: 'exchange',
    })
  })
})

describe('when a refresh fails', () => {
  it('the token at hand is used while it is valid, and then the error is reported', async () => {
    const world = fakeWorld()
    const { client, time, events } = world
    const { token } = await client.getToken()
    down(world)
    await time.advance(290_000)
    expect((await client.getToken()).token).toBe(token)
    expect(events.filter(({ name }) => name === 'refresh-failed').length).toBeGreaterThan(1)
    await time.advance(10_000)
    expect(await codeOf(time.settle(client.getToken()))).toBe('network')
  })

  it('the background tries again, and recovers', async () => {
    const world = fakeWorld()
    const { client, service, time } = world
    await client.getToken()
    down(world)
    await time.advance(200_000)
    up(world)
    await time.advance(10_000)
    expect(service.issued).toHaveLength(2)
    expect((await client.getToken()).expiresIn).toBeGreaterThan(280)
  })

  it('forceRefresh fails, though a token is at hand', async () => {
    const world = fakeWorld()
    await world.client.getToken()
    down(world)
    expect(await codeOf(world.time.settle(world.client.getToken(audience, { forceRefresh: true })))).toBe(
      'network',
    )
    expect((await world.client.getToken()).token).toBe('token-1')
  })

  it('a refusal leaves the token at hand in use, too', async () => {
    const { client, service, time, events } = fakeWorld()
    await client.getToken()
    const refusal = problem(403, 'attestation_denied')
    service.mishaps['/v1/attestations'].push(refusal, refusal, refusal, refusal)
    await time.advance(151_000)
    expect(events.map(({ name }) => name)).toContain('denied')
    expect((await client.getToken()).token).toBe('token-1')
  })
})

describe('back-off', () => {
  it('answers at once with the last error, and asks the service again after the pause', async () => {
    const { client, service, time } = fakeWorld()
    service.mishaps['/v1/challenges'].push(problem(403, 'app_not_registered'))
    expect(await codeOf(client.getToken())).toBe('not_registered')
    expect(await codeOf(client.getToken())).toBe('not_registered')
    expect(service.calls).toHaveLength(1)
    await time.advance(8001)
    await client.getToken()
  })

  it('is longer from the start after what trying again does not cure', async () => {
    const { client, service, time } = fakeWorld()
    service.mishaps['/v1/challenges'].push(problem(403, 'app_not_registered'))
    await codeOf(client.getToken())
    await time.advance(3999)
    expect(await codeOf(client.getToken())).toBe('not_registered')
    expect(service.calls).toHaveLength(1)
  })

  it('is never longer than a minute, however often it fails and whatever the service says', async () => {
    const { client, service, time } = fakeWorld()
    for (let i = 0; i < 30; i++) {
      const headers = i % 2 ? { 'Retry-After': '86400' } : {}
      service.mishaps['/v1/challenges'].push(problem(429, 'rate_limited', { headers }))
    }
    for (let i = 0; i < 30; i++) {
      const before = service.calls.length
      expect(await codeOf(client.getToken())).toBe('rate_limited')
      expect(service.calls.length).toBe(before + 1)
      await time.advance(60_001)
    }
    expect((await client.getToken()).token).toBe('token-1')
  })

  it.each([
    [0, 0.25],
    [1, 1],
    [3, 3],
  ])(
    'of up to three seconds that the service asks for is waited for by the caller: %i',
    async (asked, least) => {
      const { client, service, time } = fakeWorld({ random: (length) => new Uint8Array(length).fill(255) })
      const headers = { 'Retry-After': `${asked}` }
      service.mishaps['/v1/challenges'].push(problem(503, 'temporarily_unavailable', { headers }))
      const before = time.clock.monotonic()
      expect((await time.settle(client.getToken())).token).toBe('token-1')
      const waited = (time.clock.monotonic() - before) / 1000
      expect(waited).toBeGreaterThanOrEqual(least)
      expect(waited).toBeLessThanOrEqual(3.75)
    },
  )

  it('is directed by Retry-After', async () => {
    const { client, service, time } = fakeWorld()
    service.mishaps['/v1/challenges'].push(
      problem(503, 'temporarily_unavailable', { headers: { 'Retry-After': '20' } }),
    )
    const error = await client.getToken().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'service_unavailable', retryAfter: 20 })
    expect(service.calls).toHaveLength(1)
    await time.advance(19_900)
    expect(await codeOf(client.getToken())).toBe('service_unavailable')
    expect(service.calls).toHaveLength(1)
    await time.advance(5_200)
    await client.getToken()
  })

  it('lasts 5 s at most while there is no network, and ends when the app says that it is back', async () => {
    const world = fakeWorld()
    const { client, service, time } = world
    down(world)
    for (let i = 0; i < 12; i++) {
      expect(await codeOf(time.settle(client.getToken()))).toBe('network')
      await time.advance(5_001)
    }
    expect(await codeOf(time.settle(client.getToken()))).toBe('network')
    up(world)
    client.wake()
    expect((await client.getToken()).token).toBe(service.issued[0])
  })

  it.each(['-20', '1.5', '1e3', '0x10', 'Mon, 30 Nov 2026 10:00:00 GMT'])(
    'is not directed by a Retry-After that is no whole number: %s',
    async (value) => {
      const { client, service } = fakeWorld()
      const headers = { 'Retry-After': value }
      service.mishaps['/v1/challenges'].push(problem(429, 'rate_limited', { headers }))
      await expect(client.getToken()).rejects.toMatchObject({ code: 'rate_limited', retryAfter: undefined })
    },
  )

  it('is not ended by wake where the service asked for it', async () => {
    const { client, service } = fakeWorld()
    service.mishaps['/v1/challenges'].push(problem(429, 'rate_limited', { headers: { 'Retry-After': '20' } }))
    expect(await codeOf(client.getToken())).toBe('rate_limited')
    client.wake()
    expect(await codeOf(client.getToken())).toBe('rate_limited')
    expect(service.calls).toHaveLength(1)
  })
})

describe('clocks', () => {
  it.each([-day, day])(
    'a device that is wrong by %i ms has tokens of the right length and proofs of the right time',
    async (error) => {
      const world = fakeWorld()
      const { client, time, service, events } = world
      time.setWall(error)
      expect((await client.getToken()).expiresIn).toBe(295)
      const { DPoP = '' } = await client.proof({ method: 'GET', url: 'https://api.example/a' })
      const { iat } = JSON.parse(Buffer.from(DPoP.split('.')[1] as string, 'base64url').toString()) as {
        iat: number
      }
      expect(Math.abs(iat - time.trueSeconds())).toBeLessThanOrEqual(1)
      expect(events[0]?.event['clockOffset']).toBeCloseTo(-error / 1000, -1)
      await time.advance(151_000)
      expect(service.issued).toHaveLength(2)
    },
  )

  it.each([-day, day, 60_000, -60_000])(
    'a clock set by %i ms while running is learned anew before the next proof',
    async (by) => {
      const { client, time, service } = fakeWorld()
      await client.getToken()
      time.setWall(by)
      const { DPoP = '' } = await client.proof({ method: 'GET', url: 'https://api.example/a' })
      const { iat } = JSON.parse(Buffer.from(DPoP.split('.')[1] as string, 'base64url').toString()) as {
        iat: number
      }
      expect(Math.abs(iat - time.trueSeconds())).toBeLessThanOrEqual(1)
      expect(service.issued).toHaveLength(2)
    },
  )

  it('a token that expired while the device slept is not used', async () => {
    const { client, time } = fakeWorld()
    await client.getToken()
    time.sleep(400_000)
    expect((await client.getToken()).token).toBe('token-2')
  })

  it('a token is used by duration, not by its time', async () => {
    const { client, time, service } = fakeWorld({ idleAfter: 0 })
    await client.getToken()
    down({ service } as ReturnType<typeof fakeWorld>)
    await time.advance(294_000)
    expect((await client.getToken()).expiresIn).toBe(1)
    await time.advance(1_001)
    expect(await codeOf(time.settle(client.getToken()))).toBe('network')
  })
})

describe('listeners', () => {
  it('that are taken off hear nothing more', async () => {
    const { client, time } = fakeWorld()
    let heard = 0
    const off = client.on('token', () => heard++)
    client.on('refreshed', () => heard++)
    off()
    await client.getToken()
    await time.advance(1)
    expect(heard).toBe(0)
  })
})
