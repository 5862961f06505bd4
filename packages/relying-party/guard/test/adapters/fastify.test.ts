import Fastify, { type FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { attestation, requireAttestation } from '@assay/guard/fastify'
import { mintProof, mintToken, newGuard } from '../minting.ts'
import { adapterContract } from './adapter-contract.ts'
import { isMisuse, noGuards } from './no-guards.ts'

async function listen(fastify: FastifyInstance) {
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  const { port } = fastify.server.address() as AddressInfo
  return { port, close: () => fastify.close() }
}

adapterContract('Fastify 5, as a plugin', async (guard, reached) => {
  const fastify = Fastify()
  await fastify.register(attestation, { guard })
  fastify.route({
    method: ['GET', 'POST'],
    url: '/v1/orders',
    handler: async (request) => {
      reached()
      return request.assay
    },
  })
  return listen(fastify)
})

adapterContract('Fastify 5, as a hook of one route', async (guard, reached) => {
  const fastify = Fastify()
  fastify.route({
    method: ['GET', 'POST'],
    url: '/v1/orders',
    onRequest: requireAttestation(guard),
    handler: async (request) => {
      reached()
      return request.assay
    },
  })
  return listen(fastify)
})

describe('the context that registers the plugin', () => {
  test('is guarded, others are not', async () => {
    const fastify = Fastify()
    fastify.get('/open', async () => 'open')
    await fastify.register(async (scope) => {
      await scope.register(attestation, { guard: newGuard() })
      scope.get('/closed', async (request) => request.assay?.app)
    })
    expect((await fastify.inject('/open')).statusCode).toBe(200)
    const closed = await fastify.inject('/closed')
    expect(closed.statusCode).toBe(401)
    expect(closed.headers['content-type']).toMatch(/^application\/problem\+json/)
    const headers = {
      'oauth-client-attestation': mintToken(),
      dpop: mintProof({ claims: { htm: 'GET', htu: 'https://api.example.com/closed' } }),
    }
    expect((await fastify.inject({ url: '/closed', headers })).body).toBe('com.example.app')
    await fastify.close()
  })

  test('two contexts may have two guards', async () => {
    const fastify = Fastify()
    await fastify.register(async (scope) => {
      await scope.register(attestation, { guard: newGuard() })
      await scope.register(attestation, { guard: newGuard({ apps: ['com.example.other'] }) })
      scope.get('/closed', async () => 'closed')
    })
    const headers = {
      'oauth-client-attestation': mintToken(),
      dpop: mintProof({ claims: { htm: 'GET', htu: 'https://api.example.com/closed' } }),
    }
    expect((await fastify.inject({ url: '/closed', headers })).statusCode).toBe(403)
    await fastify.close()
  })
})

test.each(noGuards)('%s is no guard: registering fails, a hook is not made', async (_, guard) => {
  expect(() => requireAttestation(guard)).toThrow(isMisuse('guard must be '))
  const fastify = Fastify()
  await expect(fastify.register(attestation, { guard })).rejects.toThrow(isMisuse('guard must be '))
  await fastify.close()
})

test('the plugin takes a guard and nothing else: a prefix would not narrow what is guarded', async () => {
  for (const more of [{ prefix: '/v1' }, { tiers: ['affirming'] }]) {
    const fastify = Fastify()
    const registered = fastify.register(attestation, { guard: newGuard(), ...more })
    await expect(registered).rejects.toThrow(isMisuse(`the plugin takes no ${Object.keys(more)[0]};`))
    await fastify.close()
  }
  const fastify = Fastify()
  await expect(fastify.register(attestation, {} as never)).rejects.toThrow(isMisuse('guard must be '))
  await fastify.close()
})
