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

async function serving(args: string[], env: Record<string, string> = {}) {
  const err = new PassThrough()
  const signals = new EventEmitter()
  const program = await createProgram({ out: new PassThrough(), err }, env, signals, args)
  const ended = program.parseAsync(args, { from: 'user' })
  const said = text(err)
  const port = await new Promise<number>((resolve) => {
    err.on('data', (chunk: Buffer) => {
      const found = /Guard at http:\/\/127\.0\.0\.1:(\d+)/.exec(chunk.toString())?.[1]
      if (found !== undefined) resolve(Number(found))
    })
  })
  const stop = async () => {
    signals.emit('SIGTERM')
    await ended
    err.end()
    return said
  }
  return { port, stop }
}

test('guard serve answers a gateway until it is told to stop', async () => {
  const { port, stop } = await serving(good)
  const headers = { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders' }
  expect(await statusOf(port, headers)).toBe(401)
  expect(await statusOf(port, {})).toBe(500)
  expect(await stop()).toContain('TOKEN_MISSING {"method":"GET","path":"/v1/orders"}')
})

test.each([
  ['0', 204],
  ['100', 401],
])('guard serve refuses %s percent of callers, and logs the others too', async (share, status) => {
  const secret = Buffer.alloc(32, 7).toString('base64url')
  const { port, stop } = await serving([...good, '--enforce-share', share], { ASSAY_ROLLOUT_SECRET: secret })
  const headers = { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders', 'X-Real-IP': '192.0.2.1' }
  expect(await statusOf(port, headers)).toBe(status)
  expect(await stop()).toContain('TOKEN_MISSING')
})

test.each([
  ['a tier that there is not', ['--tier', 'none'], 'tiers[1] must be'],
  ['an audience that is no URL', ['--audience', 'api'], 'audience must be'],
  ['a gateway that nobody knows', ['--gateway', 'apache'], '--gateway must be one of'],
  ['a share of more than all', ['--enforce-share', '101'], '--enforce-share must be from 0 to 100'],
  ['a share without a secret', ['--enforce-share', '10'], 'ASSAY_ROLLOUT_SECRET must be'],
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
