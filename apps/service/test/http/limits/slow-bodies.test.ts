import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { registerWebApp, webApp } from '../../support/web-app.ts'

let service: ServiceUnderTest
beforeAll(async () => {
  service = await runService({ limits: { bodyTime: 1 } })
  await registerWebApp(service)
})
afterAll(() => service.close())

/** The answer to a request of which 10 bytes are announced and one comes. */
async function drip(
  target: string,
  fields: readonly string[],
): Promise<{ socket: Socket; answer: () => string }> {
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  const head = [`POST ${target} HTTP/1.1`, 'Host: a', 'Content-Length: 10', ...fields]
  socket.write(`${head.join('\r\n')}\r\n\r\n{`)
  await once(socket, 'connect')
  return { socket, answer: () => answer }
}

it.each(['/v1/challenges', '/v1/attestations'])('a body that drips is refused: %s', async (target) => {
  const { socket, answer } = await drip(target, ['Content-Type: application/json'])
  await once(socket, 'close')
  expect(answer()).toMatch(/^HTTP\/1\.1 408 /)
  expect(answer()).toContain('"code":"body_too_slow"')
  expect(answer()).toMatch(/^connection: close\r$/im)
  expect(service.log()).not.toContain('malfunction')
})

it('a slow body of an operator is refused, but not a slow file, and a body that comes at once is served', async () => {
  const authorization = `Authorization: Bearer ${service.adminKey}`
  const slow = await drip('/v1/apps', ['Content-Type: application/json', authorization])
  const file = await drip(`/v1/apps/${webApp}/builds?id=slow`, [
    'Content-Type: application/zip',
    authorization,
  ])
  await once(slow.socket, 'close')
  expect(slow.answer()).toContain('"code":"body_too_slow"')
  expect(file.answer()).toBe('')
  file.socket.destroy()
  expect((await service.call('POST', '/v1/challenges', { body: {}, key: null })).status).toBe(400)
})
