import { execFileSync } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import {
  hasValkey,
  startPostgres,
  startValkey,
  type PrivatePostgres,
  type PrivateValkey,
} from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { lookEvery, type OutcomeBatch } from '../../src/operations/outcome-feed.ts'
import { challengeBody, measure, signed } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { attestation, challenge, registerWebApp, served, webDevice } from '../support/web-app.ts'

const postgres = hasValkey() ? await startPostgres() : undefined

if (postgres === undefined) {
  console.log('not run: several nodes, which need PostgreSQL and Valkey')
  it('needs both where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  describe('several nodes on PostgreSQL and Valkey', () => {
    let valkey: PrivateValkey
    const nodes: ServiceUnderTest[] = []
    const database: PrivatePostgres = postgres
    const start = async () => {
      nodes.push(await runService({ postgres: database.connectionString, valkey: valkey.url }))
    }
    const node = (i: number) => nodes[i] as ServiceUnderTest

    beforeAll(async () => {
      valkey = await startValkey()
      // All of them at once on an empty database.
      await Promise.all([start(), start(), start(), start()])
      await registerWebApp(admin())
      // The others hear of it by themselves.
      const know = async () =>
        (await Promise.all(nodes.map(askChallenge))).every(({ status }) => status === 200)
      await vi.waitUntil(know, { timeout: 60_000 })
    })
    afterAll(async () => {
      await Promise.all(nodes.map((each) => each.close()))
      await valkey.stop()
      await database.stop()
    })

    /** Of those that came up at once, the one whose admin key it is. */
    const admin = () => nodes.find(({ adminKey }) => adminKey !== '') as ServiceUnderTest
    const body = async (at: ServiceUnderTest, device = webDevice()) =>
      signed(device.key, await measure(device, await served(() => challenge(at, device))))
    const askChallenge = (at: ServiceUnderTest) =>
      at.call('POST', '/v1/challenges', { body: challengeBody(webDevice()), key: null })
    const post = (at: ServiceUnderTest, request: object) =>
      at.call('POST', '/v1/attestations', { body: request, key: null })
    const posted = (at: ServiceUnderTest, request: object) =>
      served(async () => {
        const answer = await post(at, request)
        if (answer.status === 503) throw new Error(answer.text)
        return answer
      })

    it('a challenge issued by one node is accepted by any other, once', async () => {
      for (const issuing of nodes) {
        for (const other of nodes) {
          const device = webDevice()
          const clientData = await measure(device, await served(() => challenge(issuing, device)))
          const first = signed(device.key, clientData)
          expect((await posted(other, first)).status).toBe(200)
          const another = signed(device.key, { ...clientData, sdk: 'another/1' })
          const answers = await Promise.all(nodes.map((each) => posted(each, another)))
          expect(answers.map(({ json }) => (json as { code?: string }).code)).toEqual(
            nodes.map(() => 'challenge_used'),
          )
        }
      }
    })

    it('one of many answers at once over all nodes is accepted', async () => {
      for (let round = 0; round < 20; round += 1) {
        const device = webDevice()
        const clientData = await measure(device, await served(() => challenge(node(round % 4), device)))
        const requests = nodes.map((_, i) => signed(device.key, { ...clientData, sdk: `racer/${i}` }))
        const answers = await Promise.all(requests.map((request, i) => posted(node(i), request)))
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      }
    })

    it('a viewer at one node sees its outcomes, and the refusals of all nodes', async () => {
      const stop = new AbortController()
      const batches: OutcomeBatch[] = []
      const stream = await fetch(`${admin().url}/v1/outcomes`, {
        headers: { authorization: `Bearer ${admin().adminKey}` },
        signal: stop.signal,
      })
      const read = (async () => {
        let text = ''
        for await (const part of stream.body ?? []) {
          const events = (text + Buffer.from(part).toString()).split('\n\n')
          text = events.pop() ?? ''
          for (const event of events.filter((one) => one.startsWith('data: ')))
            batches.push(JSON.parse(event.slice('data: '.length)) as OutcomeBatch)
        }
      })().catch(() => undefined)
      const seen = () => batches.flatMap(({ outcomes }) => outcomes.map(({ trace }) => trace))
      const refused: string[] = []
      for (const each of nodes) {
        const device = webDevice()
        const clientData = await measure(device, await served(() => challenge(each, device)))
        await posted(each, signed(device.key, clientData))
        const answer = await posted(each, signed(device.key, { ...clientData, sdk: 'again/1' }))
        refused.push((answer.json as { trace: string }).trace)
      }
      const { trace: passed } = await served(() => attestation(admin(), webDevice()))
      await expect.poll(() => [...refused, passed].every((trace) => seen().includes(trace))).toBe(true)
      expect(batches.every((batch) => batch.nodes === 'all')).toBe(true)
      // Each once, although the database has this node's own, too.
      await wait(2 * lookEvery)
      expect(seen()).toHaveLength(new Set(seen()).size)
      stop.abort()
      await read
    })

    it('a node without Valkey tells new attestations to come back, finishes those it has begun, and recovers by itself', async () => {
      const request = await body(node(2))
      await valkey.kill()
      try {
        const answer = await post(node(3), request)
        expect({ status: answer.status, json: answer.json }).toMatchObject({
          status: 503,
          json: { code: 'temporarily_unavailable' },
        })
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
        expect((await node(3).call('GET', '/readyz', { key: null })).status).toBe(503)
        expect((await node(3).call('GET', '/livez', { key: null })).status).toBe(200)
        // What guards need goes on.
        expect((await node(3).call('GET', '/.well-known/jwks.json', { key: null })).status).toBe(200)
        const log = nodes.map((each) => each.log()).join('')
        expect(log).toContain('STORAGE_VALKEY_NOT_ANSWERING')
        expect(log).not.toContain(request.client_data.slice(0, 60))
      } finally {
        await valkey.start()
      }
      const outdated = async () => ((await post(node(3), request)).json as { code?: string }).code
      await expect.poll(outdated).toBe('challenge_outdated')
      await expect.poll(async () => (await post(node(0), await body(node(3)))).status).toBe(200)
    })

    it('a further node without Valkey is refused', async () => {
      await expect(runService({ postgres: database.connectionString })).rejects.toMatchObject({
        code: 'STORAGE_LOCKED',
      })
    })

    it('a node does not start without its configured Valkey, and does not log the password', async () => {
      const url = 'valkey://assay:a-secret-word@127.0.0.1:1'
      const failure = await runService({ postgres: database.connectionString, valkey: url }).catch(
        (error: unknown) => error,
      )
      expect(failure).toMatchObject({ code: 'STORAGE_VALKEY_UNAVAILABLE' })
      const message = `${String((failure as Error).stack)}${String((failure as { cause?: unknown }).cause)}`
      expect(message).not.toContain('a-secret-word')
    })
  })
}

it('a process without Valkey does not load the client library', () => {
  const program = `
    import { createRequire } from 'node:module'
    await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)})
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    console.log(loaded.some((file) => file.includes('iovalkey')))`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(output.trim()).toBe('false')
})
