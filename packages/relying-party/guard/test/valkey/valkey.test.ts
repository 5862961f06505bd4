import { readFileSync } from 'node:fs'
import { Redis } from 'iovalkey'
import { createValkeyNonces, createValkeyReplayStore } from '@assay/guard/valkey'
import { fixedRandom } from '@assay/testkit/fixed'
import { hasValkey, startValkey, type PrivateValkey } from '@assay/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { audience, judged, mintProof, newGuard, now } from '../minting.ts'

const library = readFileSync(
  new URL('../../../../shared/vectors/guards/assay_guard_2.lua', import.meta.url),
  'utf8',
)
const namesOf = (place: string, key: string, jkt: string) => [
  `${place}:memory`,
  `${place}:proof:${key}`,
  `${place}:count:${jkt}`,
]

const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 } as const

if (!hasValkey()) {
  console.log('not run: the guard on Valkey, which is not installed')
  it('needs Valkey where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  let server: PrivateValkey
  const clients: Redis[] = []
  const connect = async () => {
    const client = new Redis(server.port, '127.0.0.1', options)
    client.on('error', () => undefined)
    clients.push(client)
    await new Promise((resolve) => client.once('ready', resolve))
    return client
  }
  beforeAll(async () => {
    server = await startValkey({ cluster: true })
  })
  beforeEach(async () => {
    await server.command('FLUSHALL')
  })
  afterAll(async () => {
    for (const client of clients) client.disconnect()
    await server.stop()
  })

  const clock = () => now * 1000
  /** A proof that could not pass before this moment. */
  const fresh = (jkt: string) => ({ jkt, tier: 'affirming', usableFrom: now }) as const

  describe('the replay store on Valkey', () => {
    it('says once that a proof is new, whichever node asks, however many ask at once', async () => {
      const nodes = await Promise.all(
        Array.from({ length: 3 }, async () => createValkeyReplayStore({ client: await connect(), clock })),
      )
      for (let proof = 0; proof < 50; proof += 1) {
        const answers = await Promise.all(
          Array.from({ length: 12 }, async (_, i) =>
            nodes[i % 3]?.addIfAbsent(`k ${proof}`, now + 60, fresh('k')),
          ),
        )
        expect(answers.filter((answer) => answer === true)).toHaveLength(1)
        expect(answers.filter((answer) => answer === false)).toHaveLength(11)
      }
    })

    it('refuses what could have passed before the server began to remember, and again after a restart', async () => {
      const client = await connect()
      const store = createValkeyReplayStore({ client, clock })
      const before = { ...fresh('k'), usableFrom: now - 3_600 }
      expect(await store.addIfAbsent('k new', now + 60, fresh('k'))).toBe(true)
      expect(await store.addIfAbsent('k old', now + 60, before)).toBe('forgotten')
      const reconnected = new Promise((resolve) => client.once('ready', resolve))
      await server.kill()
      await expect(store.addIfAbsent('k down', now + 60, fresh('k'))).rejects.toThrow()
      await server.start()
      await reconnected
      // Nothing remains of the first use, and this one does not count as the first.
      const used = { ...fresh('k'), usableFrom: now - 60 }
      expect(await store.addIfAbsent('k new', now + 60, used)).toBe('forgotten')
      expect(await store.addIfAbsent('k newer', now + 60, fresh('k'))).toBe(true)
    })

    it('bounds what one key may take in a minute', async () => {
      const store = createValkeyReplayStore({ client: await connect(), clock, perKey: 2 })
      const answers = []
      for (const proof of ['1', '2', '3'])
        answers.push(await store.addIfAbsent(`k ${proof}`, now + 60, fresh('k')))
      expect(answers).toEqual([true, true, 'share_spent'])
      expect(await store.addIfAbsent('other 1', now + 60, fresh('other'))).toBe(true)
      expect(await store.addIfAbsent('k 1', now + 60, fresh('k'))).toBe(false)
    })

    it('shares with a verifier in another language, by the library and the names of docs/verifiers.md', async () => {
      const client = await connect()
      await client.call('FUNCTION', 'FLUSH')
      await client.call('FUNCTION', 'LOAD', library)
      const store = createValkeyReplayStore({ client: await connect(), clock })
      const jkt = 'wLVbQy0IWJzJ8mzoW2fBkGQb2yFTBv0VtW3x8N0wY1c'
      const place = 'assay-guard:{7}'
      const claim = (key: string, share = 6_000) =>
        client.call('FCALL', 'assay_guard_2_add', 3, ...namesOf(place, key, jkt), 0, 71_000, share)
      expect(await store.addIfAbsent(`${jkt} 1`, now + 71, fresh(jkt))).toBe(true)
      expect(await claim(`${jkt} 1`)).toBe('known')
      expect(await claim(`${jkt} 2`)).toBe('new')
      expect(await store.addIfAbsent(`${jkt} 2`, now + 71, fresh(jkt))).toBe(false)
      expect(await claim(`${jkt} 3`, 2)).toBe('share_spent')
      const old = [3, ...namesOf(place, `${jkt} 4`, jkt), 3_600_000, 71_000, 6_000]
      expect(await client.call('FCALL', 'assay_guard_2_add', ...old)).toBe('forgotten')
      // Both at once: one of them is the first.
      for (let i = 5; i < 25; i += 1) {
        const answers = await Promise.all([
          claim(`${jkt} ${i}`),
          store.addIfAbsent(`${jkt} ${i}`, now + 71, fresh(jkt)),
        ])
        expect(['new false', 'known true']).toContain(answers.join(' '))
      }
    })

    it('knows a proof that the first version of the library took, with both loaded, and the other way round', async () => {
      const client = await connect()
      const first = readFileSync(new URL('assay_guard_1.lua', import.meta.url), 'utf8')
      await client.call('FUNCTION', 'LOAD', 'REPLACE', first)
      await client.call('FUNCTION', 'LOAD', 'REPLACE', library)
      const store = createValkeyReplayStore({ client, clock })
      const jkt = 'wLVbQy0IWJzJ8mzoW2fBkGQb2yFTBv0VtW3x8N0wY1c'
      const claim = (key: string, version: 1 | 2) =>
        client.call(
          'FCALL',
          `assay_guard_${version}_add`,
          3,
          ...namesOf('assay-guard:{7}', key, jkt),
          0,
          71_000,
          6_000,
        )
      expect(await claim('k 1', 1)).toBe('new')
      expect(await store.addIfAbsent('k 1', now + 71, fresh(jkt))).toBe(false)
      expect(await store.addIfAbsent('k 2', now + 71, fresh(jkt))).toBe(true)
      expect(await claim('k 2', 1)).toBe('known')
      // Neither forgets what the other began to remember.
      expect([await claim('k 3', 2), await claim('k 4', 1)]).toEqual(['new', 'new'])
    })

    it('makes a proof good once at two guards, and one from before its time too old', async () => {
      const guards = []
      for (let i = 0; i < 2; i += 1) {
        const replayStore = createValkeyReplayStore({ client: await connect(), clock })
        guards.push(newGuard({ replayStore, clockTolerance: 0 }))
      }
      const [first, second] = guards as [ReturnType<typeof newGuard>, ReturnType<typeof newGuard>]
      expect(first.singleUse).toBe('once')
      const proof = mintProof({ claims: { iat: now } })
      expect(await judged(first, { proof })).toBe('ok')
      expect(await judged(second, { proof })).toBe('PROOF_REPLAYED')
      expect(await judged(second, { proof: mintProof({ claims: { iat: now, jti: 'another-one' } }) })).toBe(
        'ok',
      )
      const old = mintProof({ claims: { iat: now - 50, jti: 'made-before' } })
      expect(await judged(second, { proof: old })).toBe('PROOF_TOO_OLD')
    })
  })

  describe('nonces by Valkey', () => {
    it('are good at every node, and no more after the server has forgotten', async () => {
      const settings = { audience, random: fixedRandom('nonces on Valkey') }
      const first = createValkeyNonces({ client: await connect(), ...settings })
      let at = now * 1000
      const second = createValkeyNonces({ client: await connect(), clock: () => at, ...settings })
      expect(first.perNode).toBe(false)
      const nonce = await first.issue(now)
      expect(await second.check(nonce, now)).toBe('fresh')
      await server.command('FLUSHALL')
      at += 1_001
      expect(await second.check(nonce, now)).toBe('refused')
      expect(await second.check(await second.issue(now), now)).toBe('fresh')
    })
  })

  const call = async (): Promise<unknown> => 'OK'
  const wrong: [string, object][] = [
    ['no client', {}],
    ['a client that calls nothing', { client: {} }],
    ['no prefix', { client: { call }, prefix: '' }],
    ['an unknown setting', { client: { call }, ttl: 1 }],
    ['no share', { client: { call }, perKey: 0 }],
  ]
  it.each(wrong)('%s is refused', (_, settings: object) => {
    expect(() => createValkeyReplayStore(settings as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    )
  })
}
