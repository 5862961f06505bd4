import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { refusePipelines } from '../../../src/http/limits/pipelines.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

const request = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'

let service: ServiceUnderTest | undefined
afterEach(async () => {
  await service?.close()
  service = undefined
})

/** What comes back over one connection for what is sent in one piece. */
async function answersTo(port: number, sent: string): Promise<number> {
  let said = ''
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
  socket.write(sent)
  await new Promise((resolve) => socket.once('close', resolve))
  return said.split('HTTP/1.1 200').length - 1
}

it('the service ends a connection with hundreds of requests in one piece, and answers a few', async () => {
  service = await runService()
  const port = Number(new URL(service.url).port)
  const last = request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
  expect(await answersTo(port, request.repeat(3) + last)).toBe(4)
  expect(await answersTo(port, request.repeat(500))).toBeLessThan(5)
  expect(await answersTo(port, last)).toBe(1)
})

it('no pipelined request begins once too many wait', async () => {
  let begun = 0
  const server = createServer(() => void (begun += 1))
  refusePipelines(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await answersTo((server.address() as AddressInfo).port, request.repeat(500))
  expect(begun).toBe(4)
  server.close()
})
