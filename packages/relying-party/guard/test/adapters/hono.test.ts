import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { requireAttestation, type AttestationVariables } from '@assay/guard/hono'
import { mintProof, mintToken, newGuard } from '../minting.ts'
import { adapterContract } from './adapter-contract.ts'
import { isMisuse, noGuards } from './no-guards.ts'

// As for its users, the server puts a `Request` and a `Response` of its own in the place of the engine's.
const { Request, Response } = globalThis
afterAll(() => void Object.assign(globalThis, { Request, Response }))

adapterContract('Hono 4 on Node', async (guard, reached) => {
  const app = new Hono<{ Variables: AttestationVariables }>()
  app.use(requireAttestation(guard))
  app.on(['GET', 'POST'], '/v1/orders', (c) => {
    reached()
    return c.json(c.var.assay)
  })
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
  })
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
})

test('with a Request, as on workers', async () => {
  const app = new Hono<{ Variables: AttestationVariables }>()
  app.post('/v1/orders', requireAttestation(newGuard()), (c) => c.text(c.var.assay.app))
  const headers = { 'OAuth-Client-Attestation': mintToken(), DPoP: mintProof() }
  const request = () => new Request('http://worker/v1/orders', { method: 'POST', headers })
  const response = await app.request(request())
  expect([response.status, await response.text()]).toEqual([200, 'com.example.app'])
  expect((await app.request(request())).status).toBe(401)
})

test.each(noGuards)('%s is no guard: no middleware is made of it', (_, guard) => {
  expect(() => requireAttestation(guard)).toThrow(isMisuse('guard must be '))
})
