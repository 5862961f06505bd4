import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { statusListPath, statusShardPath } from '@assay/protocol'
import { ProblemError } from '../../../src/faults/problem-error.ts'
import { registerStatusListRoutes } from '../../../src/http/routes/status-lists.routes.ts'
import { prepareBody, type PreparedBody } from '../../../src/system/prepared-body.ts'

const audience = 'https://api.example.com'
const digest = `${'aA_-'.repeat(10)}aA0`
let app: FastifyInstance
let shard: PreparedBody
let jwt: PreparedBody

beforeAll(async () => {
  shard = await prepareBody(Buffer.alloc(4_096, 7))
  jwt = await prepareBody(Buffer.from(`a.${'b'.repeat(4_000)}.c`))
  app = Fastify().setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, _request, reply) =>
    error instanceof ProblemError ? reply.status(404).send(error.code) : reply.status(500).send(),
  )
  registerStatusListRoutes(app, {
    find: async (asked) => (asked === audience ? { etag: 'W/"1"', jwt } : undefined),
    findShard: async (asked, of) => {
      if (asked !== audience) return 'no_api'
      return of === digest ? shard : 'no_shard'
    },
  })
})
afterAll(() => app.close())

it('a shard may be kept for ever, and comes as it was compressed', async () => {
  const get = (headers: Record<string, string>) =>
    app.inject({ url: statusShardPath(audience, digest), headers })
  const plain = await get({})
  expect(plain.headers).toMatchObject({
    'content-type': 'application/assay-status-shard',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  })
  expect(plain.rawPayload).toEqual(shard.plain)
  const packed = await get({ 'accept-encoding': 'gzip' })
  expect(packed.headers['content-encoding']).toBe('gzip')
  expect(packed.rawPayload).toEqual(shard.gzip)
  expect(gunzipSync(packed.rawPayload)).toEqual(shard.plain)
})

it('the list itself is compressed as well', async () => {
  const packed = await app.inject({ url: statusListPath(audience), headers: { 'accept-encoding': 'gzip' } })
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    etag: 'W/"1"',
    'cache-control': 'no-cache',
  })
  expect(packed.rawPayload).toEqual(jwt.gzip)
})

it.each([
  ['another digest', statusShardPath(audience, 'A'.repeat(43)), 'shard_not_found'],
  ['another API', statusShardPath('https://other.example', digest), 'api_not_found'],
  ['no base64url', `/v1/status/a+b/${digest}`, 'api_not_found'],
])('there is nothing under %s', async (_, url, code) => {
  const answer = await app.inject({ url })
  expect([answer.statusCode, answer.body]).toEqual([404, code])
  expect(answer.headers['cache-control']).toBeUndefined()
})
