import { EventEmitter } from 'node:events'
import { request } from 'node:http'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createProgram } from '../../src/program.ts'
import { cli } from '../fake-service.ts'

const good = [
  ...['guard', 'serve', '--issuer', 'http://127.0.0.1:9', '--audience', 'https://api.example.com'],
  ...['--app', 'com.example.app', '--tier', 'affirming', '--port', '0'],
]

test('guard serve answers a gateway until it is told to stop', async () => {
  const err = new PassThrough()
  const signals = new EventEmitter()
  const program = await createProgram({ out: new PassThrough(), err }, {}, signals, good)
  const serving = program.parseAsync(good, { from: 'user' })
  const said = text(err)
  const port = await new Promise<number>((resolve) => {
    err.on('data', (chunk: Buffer) => {
      const found = /Guard at http:\/\/127\.0\.0\.1:(\d+)/.exec(chunk.toString())?.[1]
      if (found !== undefined) resolve(Number(found))
    })
  })
  const headers = { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders' }
  expect(await statusOf(port, headers)).toBe(401)
  expect(await statusOf(port, {})).toBe(500)
  signals.emit('SIGTERM')
  await serving
  err.end()
  expect(await said).toContain('TOKEN_MISSING {"method":"GET","path":"/v1/orders"}')
})

test.each([
  ['a tier that there is not', ['--tier', 'none'], 'tiers[1] must be'],
  ['an audience that is no URL', ['--audience', 'api'], 'audience must be'],
  ['a gateway that nobody knows', ['--gateway', 'apache'], '--gateway must be one of'],
])('guard serve refuses %s', async (_, more, message) => {
  const { status, stderr } = await cli([...good, ...more])
  expect(status).toBe(2)
  expect(stderr).toContain(message)
})

function statusOf(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}
