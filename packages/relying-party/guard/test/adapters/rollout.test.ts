import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createNonces, createRollout, type Guard, type Rollout } from '@assay/guard'
import { requireAttestation } from '@assay/guard/express'
import { attestation } from '@assay/guard/fastify'
import { requireAttestation as requireInHono, type RolloutVariables } from '@assay/guard/hono'
import { protect } from '@assay/guard/node'
import { isMisuse } from './no-guards.ts'
import { audience, mintProof, mintToken, newGuard } from '../minting.ts'

const secret = new Uint8Array(32).fill(7)
const nobody = createRollout({ share: 0, secret })
const everybody = createRollout({ share: 1, secret })

const running: Server[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})

async function listen(server: Server) {
  running.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/v1/orders`, { method: 'POST', headers })
}

/** What a route makes of a request: the app that sent it, or why it is served without one. */
const seen = (app: string | undefined, code: string | undefined) => ({ app: app ?? null, code: code ?? null })

type Call = (headers: Record<string, string>) => Promise<Response> | Response

const servers: Record<string, (guard: Guard, rollout: Rollout) => Promise<Call>> = {
  express: (guard, rollout) => {
    const app = express()
    app.post('/v1/orders', requireAttestation(guard, { rollout }), (req, res) => {
      res.json(seen(req.assay?.app, req.assayWaived?.decision.code))
    })
    return listen(createServer(app))
  },
  fastify: async (guard, rollout) => {
    const app = fastify()
    await app.register(attestation, { guard, rollout })
    app.post('/v1/orders', async ({ assay, assayWaived }) => seen(assay?.app, assayWaived?.decision.code))
    await app.ready()
    return listen(app.server)
  },
  hono: async (guard, rollout) => {
    const app = new Hono<{ Variables: RolloutVariables }>()
    app.use(requireInHono(guard, { rollout, addressOf: () => '192.0.2.1' }))
    app.post('/v1/orders', (c) => c.json(seen(c.var.assay?.app, c.var.assayWaived?.decision.code)))
    return (headers) => app.request('/v1/orders', { method: 'POST', headers })
  },
  node: (guard, rollout) =>
    listen(
      createServer(
        protect(
          guard,
          (_request, response, assay) => {
            const reported =
              'kind' in assay ? seen(undefined, assay.decision.code) : seen(assay.app, undefined)
            response.end(JSON.stringify(reported))
          },
          { rollout },
        ),
      ),
    ),
}

const credentials = () => ({ 'OAuth-Client-Attestation': mintToken(), DPoP: mintProof() })

describe.each(Object.entries(servers))('%s under a rollout', (_, start) => {
  it('serves who is refused and not held to it, and says why', async () => {
    const call = await start(newGuard(), nobody)
    const response = await call({})
    expect([response.status, await response.json()]).toEqual([200, { app: null, code: 'TOKEN_MISSING' }])
  })

  it('refuses who is held to it', async () => {
    const response = await (await start(newGuard(), everybody))({})
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'attestation_required' })
  })

  it.each([nobody, everybody])('tells the route of a genuine app', async (rollout) => {
    const response = await (await start(newGuard(), rollout))(credentials())
    expect([response.status, await response.json()]).toEqual([200, { app: 'com.example.app', code: null }])
  })

  it('serves while the guard cannot judge', async () => {
    const replayStore = { shared: true, addIfAbsent: () => Promise.reject(new Error('down')) }
    const call = await start(newGuard({ replayStore }), nobody)
    const response = await call(credentials())
    expect([response.status, await response.json()]).toEqual([
      200,
      { app: null, code: 'REPLAY_STORE_FAILED' },
    ])
  })

  it('gives the nonce that was missing, and no other field of the refusal', async () => {
    const nonces = createNonces({ audience, random: (length) => new Uint8Array(length) })
    const response = await (await start(newGuard({ nonces }), nobody))(credentials())
    expect(await response.json()).toEqual({ app: null, code: 'NONCE_MISSING' })
    expect(response.headers.get('dpop-nonce')).not.toBeNull()
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(response.headers.get('content-type') ?? '').not.toContain('problem')
  })
})

describe('an adapter', () => {
  const guard = newGuard()

  it('is not made of what is no rollout', () => {
    const rollout = { share: 0 } as unknown as Rollout
    expect(() => requireAttestation(guard, { rollout })).toThrow(isMisuse('rollout must be '))
    expect(() => protect(guard, () => undefined, { rollout })).toThrow(isMisuse('rollout must be '))
  })

  it('is not made of an option that it does not know', () => {
    expect(() => requireAttestation(guard, { share: 0 } as object)).toThrow(
      isMisuse('requireAttestation takes no share'),
    )
  })

  it('wants to know who calls, where it cannot know', () => {
    const options = { rollout: nobody } as unknown as Parameters<typeof requireInHono>[1]
    expect(() => requireInHono(guard, options as never)).toThrow(isMisuse('addressOf must be '))
  })
})
