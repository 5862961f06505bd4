import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiKey } from '@assay/protocol/schemas'
import type { ProblemError } from '../../../src/faults/problem-error.ts'
import { buildConsole } from '../../../../../tools/build-console.mjs'
import { createAuthorisation, limitGuesses } from '../../../src/http/authorisation/authorisation.ts'
import { createFloodLimits } from '../../../src/http/limits/flood-limits.ts'
import { createStreamPlaces } from '../../../src/http/limits/stream-places.ts'
import { defaultLimits, floodQuotas } from '../../../src/config/service.config.ts'
import { createOutcomeFeed, type OutcomeBatch } from '../../../src/operations/outcome-feed.ts'
import { registerOutcomeRoutes } from '../../../src/http/routes/outcomes.routes.ts'
import { ask, signIn } from '../../support/console-browser.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, registerWebApp, webDevice } from '../../support/web-app.ts'

describe('places for streams', () => {
  it('are limited to four for each caller and 200 in all, and become free again', () => {
    const places = createStreamPlaces()
    const own = Array.from({ length: 4 }, () => places.take('one'))
    expect(places.take('one')).toBeUndefined()
    own[0]?.()
    expect(places.take('one')).toBeDefined()
    const others = Array.from({ length: 300 }, (_, i) => places.take(`other ${i}`))
    expect(others.filter((place) => place !== undefined)).toHaveLength(196)
  })
})

const noOutcomes: OutcomeBatch = { outcomes: [], left_out: 0, nodes: 'all' }
const unlimited = { key: () => undefined, lookup: () => undefined }

describe('attempts at the stream', () => {
  it('ten thousand with made-up sessions look up no more than the guesses of their network', async () => {
    const limits = createFloodLimits(floodQuotas(defaultLimits), () => 0)
    let looked = 0
    const lookUp = limitGuesses(async () => void (looked += 1), limits)
    for (let i = 0; i < 10_000; i++) await lookUp(`session ${i}`, '192.0.2.1').catch(() => undefined)
    expect(looked).toBe(defaultLimits.guesses.requests)
  })
})

describe('attempts at a stream for which there is no place', () => {
  it('ten thousand are refused before any work is done for one', async () => {
    const app = Fastify()
    let work = 0
    const outcomes = {
      recent: () => ({ ...noOutcomes, left_out: (work += 1) }),
      subscribe: () => () => void (work += 1),
    }
    const key = { id: 'one', scope: 'read' } as ApiKey
    const principal = { name: 'one', key, holds: async () => Boolean((work += 1)) }
    app.decorateRequest('principal', null)
    app.decorateRequest('apiKey', null)
    app.setErrorHandler((error: ProblemError, _request, reply) => reply.send({ code: error.code }))
    const authorisation = createAuthorisation(async () => principal, unlimited)
    registerOutcomeRoutes(app, { outcomes, streams: { take: () => undefined } }, authorisation)
    const answers = new Set<string>()
    for (let i = 0; i < 10_000; i++) answers.add((await app.inject('/v1/outcomes')).body)
    expect([...answers]).toEqual(['{"code":"rate_limited"}'])
    expect(work).toBe(0)
    await app.close()
  })
})

describe('viewers who hang up while their key is looked up', () => {
  it('take no place, and get no answer', async () => {
    const app = Fastify()
    const streams = createStreamPlaces()
    let watching = 0
    const outcomes = {
      recent: () => noOutcomes,
      subscribe: () => {
        watching += 1
        return () => void (watching -= 1)
      },
    }
    const key = { id: 'one', scope: 'read' } as ApiKey
    const principal = { name: 'one', key, holds: async () => true }
    let come = () => {}
    let lookedUp = 0
    app.decorateRequest('principal', null)
    app.decorateRequest('apiKey', null)
    const authorisation = createAuthorisation(async ({ raw: { socket } }) => {
      come()
      await once(socket, 'close')
      return principal
    }, unlimited)
    app.addHook('preHandler', (_request, _reply, done) => {
      lookedUp += 1
      done()
    })
    registerOutcomeRoutes(app, { outcomes, streams }, authorisation)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    for (let i = 0; i < 4; i++) {
      const came = new Promise<void>((resolve) => (come = resolve))
      const socket = connect(port, '127.0.0.1')
      socket.write('GET /v1/outcomes HTTP/1.1\r\nHost: service\r\n\r\n')
      await came
      socket.destroy()
    }
    await expect.poll(() => lookedUp).toBe(4)
    await new Promise(setImmediate)
    expect(watching).toBe(0)
    expect(streams.take('one')).toBeDefined()
    await app.close()
  })
})

describe('the feed of outcomes', () => {
  it('reports a flood in one batch: the newest outcomes, and the number of the others', async () => {
    const feed = createOutcomeFeed()
    const batches: OutcomeBatch[] = []
    const end = feed.subscribe((batch) => void batches.push(batch))
    for (let i = 0; i < 10_000; i++) feed.passed({ trace: `t${i}`, at: '', app: 'a', build: '1' })
    await expect.poll(() => batches.length).toBe(1)
    end()
    expect(batches[0]?.outcomes).toHaveLength(50)
    expect(batches[0]?.outcomes.at(-1)?.trace).toBe('t9999')
    expect(batches[0]?.left_out).toBe(9_950)
  })
})

describe('refusals of other nodes', () => {
  const trace = (id: string) => ({ ...noTrace, trace: id })
  const noTrace = { at: '', app: 'a', build: '1', outcome: 'denied', code: 'c', key: null } as const
  const full = { segments: [], ear: null, device: null, refused: [] }
  const tracesOf = (batches: readonly OutcomeBatch[]) =>
    batches.flatMap(({ outcomes }) => outcomes.map((one) => one.trace))

  it('are read while somebody watches, each shown once, and not those of this node again', async () => {
    const store = ['theirs', 'own', 'earlier'].map(trace)
    const asked: number[] = []
    const feed = createOutcomeFeed({
      clock: () => 100_000,
      refusals: async (since) => {
        asked.push(since)
        return store
      },
    })
    feed.refused({ ...trace('own'), ...full })
    await feed.look()
    expect(asked).toEqual([])
    const batches: OutcomeBatch[] = []
    const end = feed.subscribe((batch) => void batches.push(batch))
    await feed.look()
    store.unshift(trace('latest'))
    await feed.look()
    end()
    expect(asked).toEqual([40_000, 40_000])
    expect(tracesOf(batches)).toEqual(['earlier', 'theirs', 'latest'])
  })

  it('displace nothing that happened at this node', async () => {
    const store = Array.from({ length: 200 }, (_, i) => trace(`theirs ${i}`))
    const feed = createOutcomeFeed({ clock: () => 100_000, refusals: async () => store })
    const batches: OutcomeBatch[] = []
    const end = feed.subscribe((batch) => void batches.push(batch))
    feed.refused({ ...trace('own'), ...full })
    feed.passed({ trace: 'own, passed', at: '', app: 'a', build: '1' })
    await feed.look()
    end()
    expect(tracesOf(batches).slice(0, 2)).toEqual(['own', 'own, passed'])
    expect(tracesOf(batches)).toHaveLength(2 + 50)
    expect(batches.map(({ left_out }) => left_out)).toEqual([0, 150])
  })

  it('that cannot be read leave this node alone, and viewers are told, until they can', async () => {
    let isAway = true
    const refusals = async () => {
      if (isAway) throw new Error('away')
      return []
    }
    const feed = createOutcomeFeed({ clock: () => 0, refusals })
    const batches: OutcomeBatch[] = []
    const end = feed.subscribe((batch) => void batches.push(batch))
    await expect(feed.look()).rejects.toThrow('away')
    await expect.poll(() => batches.at(-1)?.nodes).toBe('this')
    isAway = false
    await feed.look()
    await expect.poll(() => batches.at(-1)?.nodes).toBe('all')
    end()
  })
})

describe('the stream', () => {
  let service: ServiceUnderTest
  beforeAll(async () => {
    await buildConsole()
    service = await runService({ console: { host: '127.0.0.1', port: 0 } })
    await registerWebApp(service)
  })
  afterAll(() => service.close())

  it('reports an attestation; the fifth stream of a session is refused; all streams end with the service', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    const stop = new AbortController()
    const open = () =>
      fetch(`${service.consoleUrl}/console/v1/outcomes`, {
        headers: { cookie, 'sec-fetch-site': 'same-origin' },
        signal: stop.signal,
      })
    const streams = [await open(), await open(), await open(), await open()]
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(streams[0]?.headers.get('content-type')).toBe('text/event-stream')
    expect((await ask(service.consoleUrl, 'GET', '/console/v1/outcomes', { cookie })).status).toBe(429)
    const device = webDevice()
    const { trace } = await attestation(service, device)
    const reader = (streams[0]?.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes(trace)) text += Buffer.from((await reader.read()).value ?? []).toString()
    expect(text).toContain('"outcome":"result"')
    stop.abort()
  })
})
