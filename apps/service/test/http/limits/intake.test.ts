import { setImmediate as tick } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { mediaTypes, paths } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { ProblemError } from '../../../src/faults/problem-error.ts'
import { toProblem, sendProblem } from '../../../src/http/error-handler.ts'
import { createIntake } from '../../../src/http/limits/intake.ts'
import { StoreNotAnswering } from '../../../src/storage/errors/storage-error.ts'
import { createUnservedCounter } from '../../../src/http/unserved.ts'
import { useStrictJson } from '../../../src/http/input/strict-body.ts'

let app: FastifyInstance
afterEach(() => app.close())

/** The public endpoints over work that says when it is done. */
async function serving({ clock = () => 0 }: { clock?: () => number } = {}) {
  let ready = 0
  let come = 0
  const begun: string[] = []
  const unserved: unknown[] = []
  const countUnserved = createUnservedCounter((request) => unserved.push(request))
  app = Fastify({ trustProxy: true })
  app.addHook('onRequest', (_request, _reply, done) => (come++, done()))
  useStrictJson(app)
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error)
    countUnserved(request, problem)
    return sendProblem(request, reply, problem)
  })
  await app.register(async (scope) => {
    createIntake(scope, {
      connections: 100,
      ready: () => ready,
      mostPerTick: () => 64,
      random: () => 0.99,
      clock,
    })
    for (const path of [paths.challenges, paths.attestations])
      scope.post(path, async ({ ip, body }) => {
        begun.push(ip)
        return { body }
      })
  })
  const send = (path: string, network = '1.1.1.1', body = '{}') =>
    app.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': mediaTypes.json, 'x-forwarded-for': network },
      payload: body,
    })
  /** Until so many wait: what an injected body takes then is ticks of the event loop, and no time. */
  const haveCome = async (requests: number) => {
    while (come < requests) await tick()
    for (let i = 0; i < 50; i++) await tick()
  }
  return { send, begun, unserved, haveCome, setReady: (steps: number) => void (ready = steps) }
}

it('a request that is alone is answered at once', async () => {
  const { send } = await serving()
  expect((await send(paths.challenges)).statusCode).toBe(200)
  expect((await send(paths.challenges, '1.1.1.1', '{"a":1,"a":2}')).json()).toMatchObject({
    code: 'json_duplicate_member',
  })
  expect((await send(paths.challenges)).statusCode).toBe(200)
})

it('while there is more to do, requests wait; then networks are served round-robin, attestations first', async () => {
  const { send, begun, haveCome, setReady } = await serving()
  setReady(64)
  const flood = Array.from({ length: 20 }, () => send(paths.challenges, '1.1.1.1'))
  const others = [send(paths.challenges, '2.2.2.2'), send(paths.attestations, '3.3.3.3')]
  await haveCome(22)
  expect(begun).toEqual([])
  setReady(0)
  const answers = await Promise.all([...flood, ...others])
  expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true)
  expect(begun[0]).toBe('3.3.3.3')
  expect(begun.indexOf('2.2.2.2')).toBeLessThan(3)
})

it('a request that waits too long is refused with its own `Retry-After`, over the same connection', async () => {
  let now = 0
  const { send, unserved, haveCome, setReady } = await serving({ clock: () => now })
  setReady(64)
  const waiting = send(paths.challenges)
  await haveCome(1)
  now = 5_001
  const refused = await waiting
  expect(refused.statusCode).toBe(problems.temporarily_unavailable.status)
  expect(refused.json()).toMatchObject({ code: 'temporarily_unavailable' })
  expect(refused.headers['retry-after']).toBe('5')
  expect(refused.headers.connection).not.toBe('close')
  expect(unserved).toEqual([{ app: '', code: 'LIMIT_CAPACITY', network: '1.1.1.0/24' }])
})

it('clients are sent away for longer the more of them find the store away', async () => {
  app = Fastify()
  useStrictJson(app)
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, toProblem(error)))
  await app.register(async (scope) => {
    createIntake(scope, {
      connections: 100,
      ready: () => 0,
      mostPerTick: () => 64,
      random: () => 0.99,
      clock: () => 0,
    })
    scope.post(paths.attestations, () =>
      Promise.reject(new StoreNotAnswering('STORAGE_NOT_ANSWERING', 0, undefined)),
    )
  })
  const seconds: number[] = []
  for (let i = 0; i < 151; i += 1) {
    const { statusCode, headers } = await app.inject({
      method: 'POST',
      url: paths.attestations,
      headers: { 'content-type': mediaTypes.json },
      payload: '{}',
    })
    expect(statusCode).toBe(503)
    seconds.push(Number(headers['retry-after']))
  }
  expect(seconds[0]).toBe(5)
  expect(seconds[150]).toBe(30)
})

it.each([
  ['temporarily_unavailable' as const, 10, [11, 12, 13, 14, 15]],
  ['rate_limited' as const, 1, [1, 2, 3, 4, 5]],
])('clients that get the same answer return one after the other: %s', async (code, retryAfter, expected) => {
  let i = 0
  app = Fastify()
  useStrictJson(app)
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, toProblem(error)))
  await app.register(async (scope) => {
    const random = () => (i++ % 10) / 10
    createIntake(scope, { connections: 100, ready: () => 0, mostPerTick: () => 64, random, clock: () => 0 })
    scope.post(paths.attestations, () => Promise.reject(new ProblemError(code, { retryAfter })))
  })
  const seconds = new Set<number>()
  for (let request = 0; request < 10; request += 1) {
    const headers = { 'content-type': mediaTypes.json }
    const refused = await app.inject({ method: 'POST', url: paths.attestations, headers, payload: '{}' })
    seconds.add(Number(refused.headers['retry-after']))
  }
  expect([...seconds].sort()).toEqual(expected)
})
