import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { registerHealthRoutes } from '../../../src/http/routes/health.routes.ts'
import { StorageError } from '../../../src/storage/errors/storage-error.ts'
import { useProblemDocuments } from '../../../src/http/error-handler.ts'

it('is alive whatever the store does, and ready only with it', async () => {
  const app = Fastify()
  const nothing = () => undefined
  useProblemDocuments(app, nothing, nothing)
  let ready = (): Promise<void> => Promise.resolve()
  registerHealthRoutes(app, () => ready())
  const get = (url: string) => app.inject({ url })
  expect((await get('/livez')).json()).toEqual({ status: 'ok' })
  expect((await get('/readyz')).json()).toEqual({ status: 'ok' })
  ready = () => Promise.reject(new Error('the store is away'))
  expect((await get('/livez')).statusCode).toBe(200)
  const answer = await get('/readyz')
  expect(answer.statusCode).toBe(503)
  expect(answer.json()).toMatchObject({ code: 'temporarily_unavailable' })
  expect(answer.headers['retry-after']).toBe('5')
  // What it says is for the log.
  expect(answer.json()).not.toHaveProperty('reason')
  ready = () => Promise.reject(new StorageError('STORAGE_FULL'))
  expect((await get('/readyz')).json()).toMatchObject({ reason: 'STORAGE_FULL' })
})
