import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isLoopback } from '../../src/service-client/service-client.ts'
import { unreachable } from '../../src/service-client/unreachable.ts'
import { cli, fakeService } from '../fake-service.ts'

const secret = 'a-key-that-must-not-be-shown'
let folder = ''
let close: (() => Promise<unknown>) | undefined

beforeAll(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-client-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(async () => {
  await close?.()
  close = undefined
})

async function listen(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const list = (server: string, env: Record<string, string> = { ASSAY_API_KEY: secret }) =>
  cli(['app', 'list', '--server', server], env)

describe('a redirect', () => {
  test('is not followed: the API key goes nowhere else', async () => {
    const seen: string[] = []
    const host = await listen((request, response) => {
      seen.push(request.url ?? '')
      response.writeHead(302, { location: 'https://evil.example.com/v1/apps' }).end()
    })
    const done = await list(`http://${host}`)
    expect(done.status).toBe(3)
    expect(done.stderr).toContain('answers with a redirect to https://evil.example.com [CLI_SERVICE_ANSWER]')
    expect(seen).toEqual(['/v1/apps'])
  })
})

describe('where nothing can be reached', () => {
  const hintOf = (code: string) => unreachable(new URL('https://attest.example.com'), { code })

  test.each([
    ['ECONNREFUSED', 'Nothing listens at', 'assay serve'],
    ['ENOTFOUND', 'is unknown', 'ASSAY_URL'],
    ['EAI_AGAIN', 'cannot be looked up', 'network'],
    ['ETIMEDOUT', 'does not answer in time', 'firewall'],
    ['EPROTO', 'does not speak TLS', 'proxy'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS', 'proxy'],
    ['CERT_HAS_EXPIRED', 'has expired', 'Renew'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name', 'ASSAY_URL'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'not from an authority', 'NODE_EXTRA_CA_CERTS'],
    ['toString', 'does not answer', 'assay serve'],
  ])('%s is reported in words', (code, message, hint) => {
    const error = hintOf(code)
    expect(error).toMatchObject({ code: 'CLI_SERVICE_UNREACHABLE', exitCode: 3 })
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
  })

  test('a name with several addresses is reported by the first', () => {
    const error = unreachable(new URL('http://localhost'), { errors: [{ code: 'ECONNREFUSED' }, {}] })
    expect(error.message).toContain('Nothing listens')
  })

  test('https at a port that speaks http', async () => {
    const host = await listen((_request, response) => response.end())
    expect((await list(`https://${host}`)).stderr).toContain('does not speak TLS')
  })
})

describe('the API key', () => {
  test('comes from the file of the option, whatever the variables say', async () => {
    const fake = await fakeService(() => ({ status: 200, body: { apps: [] } }))
    close = fake.close
    const file = path.join(folder, 'key')
    writeFileSync(file, `${secret}\n`)
    const others = { ASSAY_API_KEY: 'another', ASSAY_API_KEY_FILE: '/nowhere/key' }
    await cli(['app', 'list', '--server', fake.url, '--api-key-file', file], others)
    await list(fake.url, { ASSAY_API_KEY: ' ', ASSAY_API_KEY_FILE: file })
    const sent = fake.seen.map(({ headers }) => headers.authorization)
    expect(sent).toEqual([`Bearer ${secret}`, `Bearer ${secret}`])
  })

  test('is asked for again if both variables give one', async () => {
    const file = path.join(folder, 'key')
    writeFileSync(file, 'another')
    const done = await list('http://127.0.0.1:1', { ASSAY_API_KEY: secret, ASSAY_API_KEY_FILE: file })
    expect(done.status).toBe(2)
    expect(done.stderr).toContain('ASSAY_API_KEY and ASSAY_API_KEY_FILE are both set [CLI_USAGE]')
  })

  test.each([
    ['of two lines', `${secret}\nsecond`],
    ['with a space', `Bearer ${secret}`],
    ['with a letter that no header carries', `${secret}é`],
  ])('%s is refused, and not shown', async (_name, key) => {
    const done = await list('http://127.0.0.1:1', { ASSAY_API_KEY: key })
    expect(done.status).toBe(2)
    expect(done.stderr).toContain('[CLI_NO_API_KEY]')
    expect(done.stderr).not.toContain(secret)
  })

  test('does not go unencrypted over a network, unless that is asked for, and then with a warning', async () => {
    const refused = await list('http://attest.invalid')
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('[CLI_INSECURE]')
    const warned = await cli(['--insecure', '--server', 'http://attest.invalid', 'app', 'list'], {
      ASSAY_API_KEY: secret,
    })
    expect(warned.stderr).toContain('warning: the API key goes to attest.invalid unencrypted')
    expect(warned.stderr).not.toContain('[CLI_INSECURE]')
    expect((await list('http://127.0.0.1:1')).stderr).not.toContain('unencrypted')
  })
})

test.each([
  'ftp://attest.example.com',
  'attest.example.com',
  'https://user:pw@attest.example.com',
  'https://a.example.com/?x=1',
  'https://a.example.com/#x',
])('%s is no address of a service', async (server) => {
  const done = await list(server)
  expect(done.status).toBe(2)
  expect(done.stderr).toContain('[CLI_USAGE]')
  expect(done.stderr).not.toContain('pw')
})

test('a service below a path is reached there', async () => {
  const fake = await fakeService(() => ({ status: 200, body: { apps: [] } }))
  close = fake.close
  await list(`${fake.url}/attest`)
  expect(fake.seen[0]?.url).toBe('/attest/v1/apps')
})

test.each([
  ['http://localhost:1', true],
  ['http://a.localhost', true],
  ['http://127.0.0.1', true],
  ['http://127.1.2.3', true],
  ['http://[::1]:8787', true],
  ['http://127.0.0.1.example.com', false],
  ['http://localhost.example.com', false],
  ['http://10.0.0.1', false],
])('%s is this machine: %s', (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected)
})

test('what a service answers cannot steer the terminal', async () => {
  const app = {
    id: 'a',
    platform: 'web',
    name: '\u001b]0;owned\u0007',
    evidence: {},
    policy: null,
    min_version_code: 0,
  }
  const fake = await fakeService(() => ({ status: 200, body: { apps: [app] } }))
  close = fake.close
  const { stdout } = await list(fake.url)
  expect(stdout).toContain('\\u001b]0;owned\\u0007')
  expect(stdout).not.toContain('\u001b')
})
