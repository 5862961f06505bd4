import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
})
afterAll(() => service.close())

async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString()))
  socket.end(bytes)
  await once(socket, 'close')
  return answer
}

it('answers bytes that are not HTTP with a problem document, and goes on', async () => {
  for (const bytes of [
    'nonsense\r\n\r\n',
    'GET /livez HTTP/1.1\r\nbad header\r\n\r\n',
    `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
  ]) {
    const answer = await raw(bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"code":"request_invalid"')
  }
  expect((await service.call('GET', '/livez')).status).toBe(200)
})
