import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { protect, toGuardRequest } from '@assay/guard/node'
import { adapterContract } from './adapter-contract.ts'

adapterContract('node:http', async (guard, reached) => {
  const server = createServer(
    protect(guard, (_request, response, assay) => {
      reached()
      response.end(JSON.stringify(assay))
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
})

test('reads the fields that count, each as often as it came', () => {
  const rawHeaders = ['Host', 'a', 'DPoP', 'x', 'Cookie', 'b', 'dpop', 'y', 'AUTHORIZATION', 'Bearer z']
  expect(toGuardRequest({ method: 'GET', url: '/a', rawHeaders })).toEqual({
    method: 'GET',
    url: '/a',
    headers: { dpop: ['x', 'y'], authorization: ['Bearer z'] },
  })
  expect(toGuardRequest({ method: 'GET', url: '/a', rawHeaders: [] }, '/v1/a').url).toBe('/v1/a')
})
