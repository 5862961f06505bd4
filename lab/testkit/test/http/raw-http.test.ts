import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { sendRaw } from '@assay/testkit'

let server: Server | undefined
afterEach(() => void server?.close())

/** A server that sends `answer` and closes, and what it was sent. */
async function answering(answer: string): Promise<{ port: number; received: () => string }> {
  const chunks: Buffer[] = []
  server = createServer((socket) => {
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    received: () => Buffer.concat(chunks).toString('latin1'),
  }
}

test('the bytes are sent as they are', async () => {
  const { port, received } = await answering('')
  const bytes = 'GET / HTTP/1.1\r\nA\0: \xff\r\n b\r\n\r\n'
  expect(await sendRaw(port, bytes)).toEqual([])
  expect(received()).toBe(bytes)
})

test('each response is told apart, with its fields and body', async () => {
  const one = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nB:c:d\r\n\r\nbody\r\n\r\nmore'
  const { port } = await answering(`${one}HTTP/1.1 401 Unauthorized\r\n\r\n`)
  expect(await sendRaw(port, 'x')).toEqual([
    { status: 200, fields: { 'x-a': '2', b: 'c:d' }, body: 'body\r\n\r\nmore' },
    { status: 401, fields: {}, body: '' },
  ])
})
