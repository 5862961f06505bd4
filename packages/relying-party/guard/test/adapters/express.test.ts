import express from 'express'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { requireAttestation } from '@assay/guard/express'
import { mintProof, mintToken, newGuard } from '../minting.ts'
import { adapterContract } from './adapter-contract.ts'
import { isMisuse, noGuards } from './no-guards.ts'
import { rawRequest, sendRaw } from './raw-http.ts'

async function listen(app: express.Express) {
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

adapterContract('Express 5, at the root', (guard, reached) => {
  const app = express()
  app.use(requireAttestation(guard))
  app.all('/v1/orders', (req, res) => {
    reached()
    res.json(req.assay)
  })
  return listen(app)
})

adapterContract('Express 5, under a mount point', (guard, reached) => {
  const app = express()
  const router = express.Router()
  router.use('/orders', requireAttestation(guard), (req, res) => {
    reached()
    res.json(req.assay)
  })
  app.use('/v1', router)
  return listen(app)
})

test('an error of the route is an error of the route', async () => {
  const app = express()
  app.post('/v1/orders', requireAttestation(newGuard()), () => {
    throw new Error('out of stock')
  })
  app.use(((_error, _req, res, _next) => void res.status(418).end()) satisfies express.ErrorRequestHandler)
  const { port, close } = await listen(app)
  const fields = [
    ['OAuth-Client-Attestation', mintToken()],
    ['DPoP', mintProof()],
  ] as const
  expect((await sendRaw(port, rawRequest('POST /v1/orders', fields)))[0]?.status).toBe(418)
  await close()
})

test.each(noGuards)('%s is no guard: no middleware is made of it', (_, guard) => {
  expect(() => requireAttestation(guard)).toThrow(isMisuse('guard must be '))
})
