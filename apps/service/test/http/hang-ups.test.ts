import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService({ logLevel: 'info' })
})
afterAll(() => service.close())

const lines = () =>
  service
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; msg: string; code?: string })

it.each([
  ['/v1/challenges', ''],
  ['/v1/attestations', ''],
  ['/v1/apps', 'Authorization: Bearer KEY\r\n'],
])('a sender of %s who hangs up in the middle of the body is no malfunction', async (path, more) => {
  const { hostname, port } = new URL(service.url)
  const refused = () => lines().filter(({ msg }) => msg === 'refused').length
  const before = refused()
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: service\r\n${more.replace('KEY', service.adminKey)}` +
      'Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{"app"',
  )
  // The service reads the body now.
  await once(socket, 'data')
  socket.destroy()
  await expect.poll(refused).toBe(before + 1)
  expect(lines().at(-1)).toMatchObject({ level: 30, msg: 'refused', code: 'request_invalid' })
  expect(lines().filter(({ msg }) => msg === 'malfunction')).toEqual([])
})
