import { Redis } from 'iovalkey'
import pg from 'pg'
import { hasValkey, simulateIphone, simulatePixel, startPostgres, startValkey } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  answerTo,
  appId,
  assertion,
  attest,
  attestation,
  chain,
  challengeOf,
  createPhoneWorld,
  send,
  type Piece,
  type PhoneWorld,
} from '../attestation/platform/phone-world.ts'
import type { TestDevice } from '../support/device.ts'
import { attestation as webAttestation, registerWebApp, webDevice } from '../support/web-app.ts'

const database = hasValkey() ? await startPostgres() : undefined

const minute = 60_000
const day = 1_440 * minute

const webAudience = 'https://web.example.com'

/** What nodes do by themselves, whether they are asked or not: look whether the database answers and for changes, sign of life, pruning, inquiries, traces. */
const background =
  /"?(version"? from "?store|nodes|signing_keys|signs_of_life|ask_at|attestation_traces|fleet_|seen_at|challenge_generation)|^select 1$|^listen|^(begin|commit|rollback)$/i

if (database === undefined) {
  console.log('not run: round trips, which need PostgreSQL and Valkey')
  it('needs both where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  describe('round trips of a node on PostgreSQL and Valkey', () => {
    let world: PhoneWorld
    let valkey: Awaited<ReturnType<typeof startValkey>>
    let client: Redis
    let monitor: Redis
    const called: string[] = []
    const queries = vi.spyOn(pg.Client.prototype, 'query')

    beforeAll(async () => {
      valkey = await startValkey()
      const { setTimeout } = globalThis
      const rarely = (work: () => void, after = 0) => setTimeout(work, after < minute ? after : day)
      // What comes round every minute, with many statements, would fall into a count on a slow machine.
      const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation(rarely)
      world = await createPhoneWorld({}, { postgres: database.connectionString, valkey: valkey.url })
      timers.mockRestore()
      await registerWebApp(world.service, { audience: webAudience })
      client = new Redis(valkey.port, '127.0.0.1')
      monitor = await client.monitor()
      monitor.on('monitor', (_time: string, args: string[], source: string) => {
        const isOfNode = args[1] === 'assay_1_generation' || args[0]?.toLowerCase() === 'ping'
        if (source !== 'lua' && !isOfNode) called.push(String(args[1]))
      })
    })
    afterAll(async () => {
      for (const each of [client, monitor]) each.disconnect()
      vi.restoreAllMocks()
      await world.close()
      await valkey.stop()
      await database.stop()
    })

    const statements = () =>
      queries.mock.calls
        .map(([query]) => (typeof query === 'string' ? query : (query as { text?: string }).text))
        .filter((text) => text !== undefined && !background.test(text))

    /** The calls of Valkey and the statements of PostgreSQL that `work` makes. */
    const countOf = async (work: () => Promise<unknown>) => {
      called.length = 0
      queries.mockClear()
      await work()
      const told = statements()
      // The monitor hears later than the caller of a call.
      await client.ping()
      await new Promise((done) => setTimeout(done, 50))
      return { valkey: [...called], postgres: told.length, told }
    }

    const refresh = async (device: TestDevice, pieces: readonly Piece[]) => {
      const challenge = await countOf(() => challengeOf(world, device, { purpose: 'refresh' }))
      expect(challenge).toMatchObject({ valkey: [], postgres: 0 })
      const request = await answerTo(await challengeOf(world, device, { purpose: 'refresh' }), device, pieces)
      return countOf(async () => {
        expect(await send(world, request)).toBe('tokens')
      })
    }

    it('a challenge makes none, and a software attestation one of Valkey', async () => {
      await webAttestation(world.service, webDevice({ audiences: [webAudience] }))
      expect(
        await countOf(() => webAttestation(world.service, webDevice({ audiences: [webAudience] }))),
      ).toMatchObject({
        valkey: ['assay_1_claim'],
        postgres: 0,
      })
    })

    it('a refresh of an iPhone makes one of Valkey and one of PostgreSQL', async () => {
      const phone = simulateIphone({
        apple: world.apple,
        appId,
        appState: { validationCategory: 4, bundleVersion: '7' },
      })
      const device = world.iosDevice()
      expect(await attest(world, device, [attestation(phone)])).toBe('tokens')
      for (let i = 0; i < 3; i += 1) {
        const { told, ...counts } = await refresh(device, [assertion(phone)])
        expect(told).toHaveLength(1)
        expect(counts).toEqual({ valkey: ['assay_1_claim'], postgres: 1 })
      }
    })

    it('and so does that of an Android phone', async () => {
      const phone = simulatePixel({ google: world.google, app: world.app, provisioning: 'remote' })
      const device = world.androidDevice()
      expect(await attest(world, device, [chain(phone)])).toBe('tokens')
      const { told, ...counts } = await refresh(device, [])
      expect(told).toHaveLength(1)
      expect(counts).toEqual({ valkey: ['assay_1_claim'], postgres: 1 })
    })
  })
}
