import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import type { Guard } from '@assay/guard'
import { protect, protectUpgrade, type UpgradeListener } from '@assay/guard/node'
import { mintProof, mintToken, newGuard } from '../minting.ts'
import { isMisuse, noGuards } from './no-guards.ts'
import { sendRaw } from './raw-http.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function listen(guard: Guard, listener: UpgradeListener): Promise<number> {
  server = createServer(protect(guard, (_request, response) => response.end('plain')))
  server.on('upgrade', protectUpgrade(guard, listener))
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const upgrade = (...fields: string[]) =>
  [
    'GET /v1/orders HTTP/1.1',
    'Host: api.example.com',
    'Connection: Upgrade',
    'Upgrade: websocket',
    ...fields,
    '',
    '',
  ].join('\r\n')
const token = () => `OAuth-Client-Attestation: ${mintToken()}`
const proof = (claims = {}) => `DPoP: ${mintProof({ claims: { htm: 'GET', ...claims } })}`

const accept = (socket: Duplex) =>
  socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')

test('an upgrade with token and proof reaches the listener, with what is known of the app', async () => {
  const seen: string[] = []
  const port = await listen(newGuard(), (_request, socket, _head, { app }) => {
    seen.push(app)
    accept(socket)
  })
  expect((await sendRaw(port, upgrade(token(), proof())))[0]?.status).toBe(101)
  expect(seen).toEqual(['com.example.app'])
})

test.each<[string, () => string, number, string]>([
  ['without a token', () => upgrade(), 401, 'attestation_required'],
  ['without a proof', () => upgrade(token()), 401, 'invalid_token'],
  [
    'with a proof for another method',
    () => upgrade(token(), proof({ htm: 'POST' })),
    401,
    'invalid_dpop_proof',
  ],
  ['with a token of too low a tier', () => upgrade(low(), proof()), 403, 'insufficient_attestation'],
])('one %s is answered and cut off', async (_, text, status, code) => {
  let reached = 0
  const port = await listen(newGuard(), () => reached++)
  const [response] = await sendRaw(port, text())
  expect(response).toMatchObject({ status })
  expect(JSON.parse(response?.body ?? '')).toMatchObject({ code })
  expect(response?.fields['www-authenticate'] !== undefined).toBe(status === 401)
  expect(reached).toBe(0)
})

test('a refused connection is not left to a caller that never closes it', async () => {
  const port = await listen(newGuard(), () => undefined)
  const socket = connect({ port, allowHalfOpen: true }, () => socket.write(upgrade()))
  socket.resume()
  await once(socket, 'end')
  const open = () => new Promise<number>((resolve) => server?.getConnections((_, count) => resolve(count)))
  await expect.poll(open).toBe(0)
  socket.destroy()
})

const low = () => `OAuth-Client-Attestation: ${mintToken({ claims: { ear_status: 'contraindicated' } })}`

test.each(noGuards)('%s is no guard: no listener is made of it', (_, guard) => {
  expect(() => protectUpgrade(guard, () => undefined)).toThrow(isMisuse('guard must be '))
  expect(() => protectUpgrade(newGuard(), undefined as never)).toThrow(isMisuse('listener must be '))
})
