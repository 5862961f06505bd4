import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { gunzipSync } from 'node:zlib'
import { prepareBody } from '../../../src/system/prepared-body.ts'
import type { Authorisation } from '../../../src/http/authorisation/authorisation.ts'
import { callers } from '../../../src/http/authorisation/callers.ts'
import { nothing, pageOf } from '../../../src/http/endpoints/answers.ts'
import {
  endpointsFor,
  openEndpoints,
  type AddEndpoint,
} from '../../../src/http/endpoints/register-endpoints.ts'

const thing = z.object({ name: z.string(), kind: z.enum(['a', 'b']), list: z.array(z.string()) })
const aThing = { name: 'one', kind: 'a', list: ['x'] } as const

let app: FastifyInstance
let open: AddEndpoint<'anyone'>

beforeEach(() => {
  app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  open = openEndpoints(app, 'operations')
})
afterEach(() => app.close())

const declared = { id: 'thing', summary: 'A thing', caller: 'anyone' } as const

describe('an endpoint answers as it declares', () => {
  it('JSON, with the status of the form', async () => {
    open({ ...declared, route: 'POST /things', answers: { 201: thing } }, (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return aThing
    })
    const answer = await app.inject({ method: 'POST', url: '/things' })
    expect(answer.statusCode).toBe(201)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(answer.json()).toEqual(aThing)
  })

  it('JSON under another media type', async () => {
    const answers = { 200: { json: thing, type: 'application/thing+json' } }
    open({ ...declared, route: 'GET /things', answers }, () => aThing)
    const answer = await app.inject('/things')
    expect(answer.headers['content-type']).toMatch(/^application\/thing\+json/)
    expect(answer.json()).toEqual(aThing)
  })

  it('a body that was compressed beforehand, as the caller accepts it', async () => {
    const answers = { 200: { prepared: 'application/jwt' } }
    const body = await prepareBody(Buffer.from('a.b.c'.repeat(100)))
    open({ ...declared, route: 'GET /prepared', answers }, () => body)
    const get = (accepted?: string) =>
      app.inject({
        url: '/prepared',
        headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
      })
    const plain = await get()
    expect(plain.headers).toMatchObject({ 'content-type': 'application/jwt', vary: 'Accept-Encoding' })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.rawPayload).toEqual(body.plain)
    const packed = await get('br, gzip;q=0.5')
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(packed.rawPayload).toEqual(body.gzip)
    expect(gunzipSync(packed.rawPayload)).toEqual(body.plain)
    expect((await get('gzip;q=0')).rawPayload).toEqual(body.plain)
  })

  it('nothing', async () => {
    open({ ...declared, route: 'DELETE /things/:name', answers: nothing }, () => undefined)
    const answer = await app.inject({ method: 'DELETE', url: '/things/one' })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
  })

  it('a stream that the handler writes', async () => {
    const answers = { 200: { stream: 'text/event-stream' } }
    open({ ...declared, route: 'GET /stream', answers }, () => (reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: 1\n\n')
    })
    const answer = await app.inject('/stream')
    expect([answer.statusCode, answer.body]).toEqual([200, 'data: 1\n\n'])
  })

  it('with one of several answers, which the handler names', async () => {
    const answers = { 200: thing, 304: 'nothing' } as const
    open(
      { ...declared, route: 'GET /things/:name', params: z.strictObject({ name: z.string() }), answers },
      ({ params }) =>
        params.name === 'one' ? { status: 200, body: aThing } : { status: 304, body: undefined },
    )
    expect((await app.inject('/things/one')).json()).toEqual(aThing)
    expect((await app.inject('/things/two')).statusCode).toBe(304)
  })

  it('unchecked: what a form does not know is sent all the same', async () => {
    open(
      { ...declared, route: 'GET /things', answers: { 200: thing } },
      () => ({ ...aThing, more: 1 }) as never,
    )
    expect((await app.inject('/things')).json()).toEqual({ ...aThing, more: 1 })
  })

  it('and not at all without an answer', () => {
    expect(() => open({ ...declared, route: 'GET /none', answers: {} }, () => undefined as never)).toThrow(
      TypeError,
    )
  })
})

describe('an endpoint that needs a key', () => {
  it.each(Object.keys(callers) as (keyof Authorisation)[])(
    'is open only to those who may: %s',
    async (caller) => {
      const allowing = Object.fromEntries(
        Object.keys(callers).map((name) => [
          name,
          async () => {
            throw Object.assign(new Error(name), { statusCode: 403 })
          },
        ]),
      ) as unknown as Authorisation
      let handled = 0
      endpointsFor(app, 'operations', allowing)(
        { ...declared, route: 'GET /things', caller, answers: { 200: thing } },
        () => {
          handled++
          return aThing
        },
        { onRequest: (_request, _reply, done) => done(new Error('a hook came before the check')) },
      )
      expect((await app.inject('/things')).json()).toMatchObject({ statusCode: 403, message: caller })
      expect(handled).toBe(0)
    },
  )
})

/** Never called: the compiler checks it. Each line that it must refuse is marked. */
export function wrongHandlers(keyed: AddEndpoint<keyof Authorisation>): void {
  const get = { ...declared, route: 'GET /things', answers: { 200: thing } } as const
  // @ts-expect-error A member is missing.
  open(get, () => ({ name: 'one', kind: 'a' }))
  // @ts-expect-error A member has another type.
  open(get, () => ({ ...aThing, list: [1] }))
  // @ts-expect-error A word is not one of the form's.
  open(get, () => ({ ...aThing, kind: 'c' }))
  // @ts-expect-error The same of a promise.
  open(get, async () => ({ ...aThing, kind: 'c' }))
  // @ts-expect-error There is no answer at all.
  open(get, () => undefined)
  // @ts-expect-error Of a list, the entries count.
  open({ ...get, answers: { 200: pageOf('things', thing) } }, () => ({ things: [{ name: 'one' }] }))
  // @ts-expect-error Of a list, the name counts.
  open({ ...get, answers: { 200: pageOf('things', thing) } }, () => ({ all: [aThing] }))
  // @ts-expect-error Nothing is nothing.
  open({ ...get, answers: nothing }, () => 'done')
  // @ts-expect-error With several answers the handler says which it is.
  open({ ...get, answers: { 200: thing, 201: thing } }, () => aThing)
  // @ts-expect-error It is not one of them.
  open({ ...get, answers: { 200: thing, 201: thing } }, () => ({ status: 202, body: aThing }))
  // @ts-expect-error The body is that of another one.
  open({ ...get, answers: { 200: thing, 304: 'nothing' } }, () => ({ status: 200, body: undefined }))
  // @ts-expect-error The reply is only for headers: what is sent is what is returned.
  open(get, (_request, reply) => reply.send(aThing))
  const named = { ...get, params: z.strictObject({ name: z.string() }) }
  // @ts-expect-error No such parameter is declared.
  open(named, ({ params }) => ({ ...aThing, name: params.id }))
  // @ts-expect-error There is no such problem.
  open({ ...get, problems: ['never_heard_of'] }, () => aThing)
  // @ts-expect-error The example is not of the form.
  open({ ...get, body: z.strictObject({ count: z.number() }), example: { count: '1' } }, () => aThing)
  // @ts-expect-error An open endpoint does not name keys.
  open({ ...get, caller: 'admin' }, () => aThing)
  // @ts-expect-error One that needs a key is not open.
  keyed(get, () => aThing)
}
