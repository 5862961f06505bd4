import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { limitConnections } from '../../../src/http/limits/connections.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await service?.close()
  service = undefined
})

function open(localAddress?: string): Socket {
  const { hostname: host, port } = new URL(service?.url ?? '')
  const socket = connect({
    host,
    port: Number(port),
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  socket.on('error', () => undefined)
  sockets.push(socket)
  return socket
}

/** What comes back over it; empty where it is closed without an answer. */
async function ask(socket: Socket): Promise<string> {
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  socket.write('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

it('a network has a limit of connections, and gets a new one when one ends', async () => {
  // One is what the test's own client keeps open.
  service = await runService({ limits: { connectionsPerNetwork: 3 } })
  const [first, second] = [open(), open()]
  await Promise.all([once(first, 'connect'), once(second, 'connect')])
  expect(await ask(open())).toBe('')
  first.destroy()
  await expect.poll(() => ask(open())).toMatch(/^HTTP\/1\.1 200 /)
})

it('connections of a trusted proxy are not counted by network', async () => {
  service = await runService({ limits: { connectionsPerNetwork: 1 }, trustedProxies: ['127.0.0.1'] })
  open()
  expect(await ask(open())).toMatch(/^HTTP\/1\.1 200 /)
})

it('a network that has the most gives up its oldest connection to one that has fewer', async () => {
  const server = createServer((_request, response) => void response.end())
  limitConnections(server, { connections: 3, connectionsPerNetwork: 9 }, { isBehindProxy: false })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const from = (localAddress: string) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress })
    sockets.push(socket.on('error', () => undefined))
    return socket
  }
  const flood = []
  for (let i = 0; i < 3; i++) {
    flood.push(from('127.0.0.1'))
    await once(server, 'connection')
  }
  const ended = once(flood[0] as Socket, 'close')
  expect(await ask(from('127.9.9.9'))).toMatch(/^HTTP\/1\.1 200 /)
  await ended
  expect(await ask(flood[1] as Socket)).toMatch(/^HTTP\/1\.1 200 /)
  for (const socket of sockets) socket.destroy()
  server.close()
})

it('all networks together have a limit, also behind a proxy', async () => {
  service = await runService({ limits: { connections: 2 }, trustedProxies: ['127.0.0.1'] })
  const first = open()
  await once(first, 'connect')
  expect(await ask(open())).toBe('')
})
