import { AsyncLocalStorage } from 'node:async_hooks'
import { Server } from 'node:http'
import { Redis } from 'iovalkey'
import pg from 'pg'
import { statusListPath } from '@assay/protocol'
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

const webAudience = 'https://web.example.com'

/** What follows a request but is no part of it. */
const afterwards = /"?(attestation_traces|fleet_|seen_at)|^(begin|commit|rollback)$/i

/** Holds while a request is served. What a node does by itself, whether it is asked or not, runs outside. */
const serving = new AsyncLocalStorage<true>()

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
    let asked: unknown[] = []
    let heard = ''
    let marks = 0

    beforeAll(async () => {
      valkey = await startValkey()
      const { emit } = Server.prototype as { emit: (event: string, ...more: unknown[]) => boolean }
      vi.spyOn(Server.prototype as { emit: typeof emit }, 'emit').mockImplementation(function (
        this: Server,
        event,
        ...more
      ) {
        const pass = () => emit.call(this, event, ...more)
        return event === 'request' ? serving.run(true, pass) : pass()
      })
      const { query } = pg.Client.prototype
      function recorded(this: pg.Client, ...args: unknown[]): unknown {
        if (serving.getStore() === true) asked.push(args[0])
        return query.apply(this, args as never)
      }
      vi.spyOn(pg.Client.prototype, 'query').mockImplementation(recorded)
      world = await createPhoneWorld({}, { postgres: database.connectionString, valkey: valkey.url })
      await registerWebApp(world.service, { audience: webAudience })
      client = new Redis(valkey.port, '127.0.0.1')
      monitor = await client.monitor()
      monitor.on('monitor', (_time: string, args: string[], source: string) => {
        if (args[0]?.toLowerCase() === 'echo') {
          heard = String(args[1])
          return
        }
        const isOfNode =
          args[1] === 'assay_1_generation' ||
          args[1] === 'assay_live_1_exchange' ||
          args[0]?.toLowerCase() === 'ping'
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

    const texts = () =>
      asked.map((query) => (typeof query === 'string' ? query : (query as { text?: string }).text))
    const statements = () => texts().filter((text) => text !== undefined && !afterwards.test(text))

    /** The calls of Valkey and the statements of PostgreSQL that `work` makes. */
    const countOf = async (work: () => Promise<unknown>) => {
      called.length = 0
      asked = []
      await work()
      const recorded = statements()
      // The monitor hears later than the caller of a call, and in the order in which they came.
      heard = ''
      const mark = String((marks += 1))
      await client.echo(mark)
      await vi.waitUntil(() => heard === mark, { timeout: 60_000 })
      return { valkey: [...called], postgres: recorded.length, recorded }
    }

    const refresh = async (device: TestDevice, pieces: readonly Piece[]) => {
      const challenge = await countOf(() => challengeOf(world, device, { purpose: 'refresh' }))
      expect(challenge).toMatchObject({ valkey: [], postgres: 0 })
      const request = await answerTo(await challengeOf(world, device, { purpose: 'refresh' }), device, pieces)
      return countOf(async () => {
        expect(await send(world, request)).toBe('tokens')
      })
    }

    it('a challenge makes none, and a software attestation makes one to Valkey', async () => {
      await webAttestation(world.service, webDevice({ audiences: [webAudience] }))
      const attestation = () => webAttestation(world.service, webDevice({ audiences: [webAudience] }))
      // Until the node has heard of the registrations, it reads them again.
      await expect.poll(() => countOf(attestation)).toMatchObject({ valkey: ['assay_1_claim'], postgres: 0 })
    })

    it('made-up names of APIs make none, even without limits', async () => {
      const ask = async (made: string) => {
        const path = statusListPath(`https://${made}.example`)
        expect((await world.service.call('GET', path, { key: null })).status).toBe(404)
        const headers = { origin: `https://${made}.example`, 'access-control-request-method': 'POST' }
        await world.service.call('OPTIONS', '/v1/challenges', { key: null, headers })
      }
      await ask('first')
      const many = () => Promise.all(Array.from({ length: 20 }, (_, i) => ask(`made-up-${i}`)))
      expect(await countOf(many)).toMatchObject({ valkey: [], postgres: 0 })
    })

    it('an enrolment is written by one statement, and in no transaction of the client', async () => {
      const phone = simulateIphone({
        apple: world.apple,
        appId,
        appState: { validationCategory: 4, bundleVersion: '7' },
      })
      const device = world.iosDevice()
      const request = await answerTo(await challengeOf(world, device), device, [attestation(phone)])
      const { recorded } = await countOf(async () => expect(await send(world, request)).toBe('tokens'))
      expect(recorded.filter((text) => text?.includes('enrol_installation('))).toHaveLength(1)
      expect(
        recorded.filter((text) => /(insert into|update|delete from) "?installation/.test(text ?? '')),
      ).toEqual([])
      const upToIt = texts().slice(
        0,
        texts().findIndex((text) => text?.includes('enrol_installation(')),
      )
      expect(upToIt.filter((text) => /^begin/i.test(text ?? ''))).toEqual([])
    })

    it('a refresh of an iPhone makes one to Valkey and one to PostgreSQL', async () => {
      const phone = simulateIphone({
        apple: world.apple,
        appId,
        appState: { validationCategory: 4, bundleVersion: '7' },
      })
      const device = world.iosDevice()
      expect(await attest(world, device, [attestation(phone)])).toBe('tokens')
      for (let i = 0; i < 3; i += 1) {
        const { recorded, ...counts } = await refresh(device, [assertion(phone)])
        expect(recorded).toHaveLength(1)
        expect(counts).toEqual({ valkey: ['assay_1_claim'], postgres: 1 })
      }
    })

    it('a refresh of an Android phone makes the same two', async () => {
      const phone = simulatePixel({ google: world.google, app: world.app, provisioning: 'remote' })
      const device = world.androidDevice()
      expect(await attest(world, device, [chain(phone)])).toBe('tokens')
      const { recorded, ...counts } = await refresh(device, [])
      expect(recorded).toHaveLength(1)
      expect(counts).toEqual({ valkey: ['assay_1_claim'], postgres: 1 })
    })
  })
}
