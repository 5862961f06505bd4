import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CreatedApiKey } from '@assay/protocol/schemas'
import { buildConsole } from '../../../../../tools/build-console.mjs'
import { Sqlite } from '../../../src/storage/database/sqlite-driver.ts'
import { ask, codeOf, signIn } from '../../support/console-browser.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

const minute = 60_000
let service: ServiceUnderTest

beforeAll(async () => {
  await buildConsole()
  service = await runService({ console: { host: '127.0.0.1', port: 0 } })
})
afterAll(() => service.close())

const keyOf = async (body: object): Promise<CreatedApiKey> =>
  (await service.call('POST', '/v1/keys', { body: { name: 'someone', ...body } })).json
const session = (cookie: string) => ask(service.consoleUrl, 'GET', '/console/session', { cookie })

describe('the console', () => {
  it('is served only if configured, and never at the address of apps', async () => {
    const other = await runService()
    expect(other.consoleUrl).toBe('')
    await other.close()
    for (const path of ['/console', '/console/', '/console/session', '/console/v1/apps'])
      expect((await ask(service.url, 'GET', path)).status, path).toBe(404)
  })

  it('serves its page under every path, and its files with a lasting cache', async () => {
    for (const path of ['/console/', '/console/apps/com.example', '/console/attestations?x=1']) {
      const page = await ask(service.consoleUrl, 'GET', path, { headers: { 'sec-fetch-site': 'none' } })
      expect(page.status, path).toBe(200)
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(page.headers['cache-control']).toBe('no-store')
    }
    const page = await ask(service.consoleUrl, 'GET', '/console/')
    const [script = ''] = /\/console\/assets\/[^"]+\.js/.exec(page.text) ?? []
    const file = await ask(service.consoleUrl, 'GET', script)
    expect(file.status).toBe(200)
    expect(file.headers['cache-control']).toMatch(/immutable/)
    for (const path of [
      '/console/assets/none.js',
      '/console/assets/..%2findex.html',
      '/console/v1/none',
      '/console/session/x',
    ])
      expect((await ask(service.consoleUrl, 'GET', path)).status, path).toBe(404)
    expect((await ask(service.consoleUrl, 'GET', '/')).headers.location).toBe('/console/')
  })

  it('allows only its own files to run, and no string to become script, in every answer', async () => {
    const answers = await Promise.all(
      ['/console/', '/console/session', '/console/none', '/elsewhere'].map((path) =>
        ask(service.consoleUrl, 'GET', path),
      ),
    )
    for (const { headers } of answers) {
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'")
      expect(policy).not.toMatch(/unsafe|data:|https?:/)
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
    const { text } = await ask(service.consoleUrl, 'GET', '/console/')
    expect(text).not.toMatch(/style=|<script(?![^>]* src=)/)
    // One style, which the policy allows by its digest and by nothing else.
    const styles = Array.from(text.matchAll(/<style>([^<]*)<\/style>/g), ([, style = '']) => style)
    expect(styles).toHaveLength(1)
    const digest = createHash('sha256')
      .update(styles[0] ?? '')
      .digest('base64')
    const policy = String(answers[0]?.headers['content-security-policy'])
    expect(policy).toContain(`style-src 'self' 'sha256-${digest}';`)
    // The heading stands in what the service sends, and no style sheet holds it back.
    expect(text).toMatch(/<h1>Assay console<\/h1>[^]*<link rel="stylesheet"/)
    expect(text.split('</head>')[0]).not.toContain('rel="stylesheet"')
  })
})

describe('a session', () => {
  it('opens with an API key, and its cookie is only for this host', async () => {
    const answer = await ask(service.consoleUrl, 'POST', '/console/session', {
      body: { key: service.adminKey },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^__Host-assay-console=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/,
    )
    expect(answer.text).not.toContain(service.adminKey)
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    expect((await ask(service.consoleUrl, 'GET', '/console/v1/apps', { cookie })).status).toBe(200)
    expect((await ask(service.consoleUrl, 'GET', '/console/v1/apps')).status).toBe(401)
  })

  it('does not open the address of apps, and an API key alone does not open the console', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    expect((await ask(service.url, 'GET', '/v1/apps', { cookie })).status).toBe(401)
    const headers = { authorization: `Bearer ${service.adminKey}` }
    expect((await ask(service.consoleUrl, 'GET', '/console/v1/apps', { headers })).status).toBe(401)
  })

  it('is stored by its digest', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    const id = cookie.split('=')[1] as string
    const db = new Sqlite(`${service.folder}/data/assay.sqlite`, { readonly: true })
    const hashes = db.prepare('select hash from console_sessions').pluck().all()
    db.close()
    expect(hashes).toContain(createHash('sha256').update(id).digest('hex'))
    expect(hashes).not.toContain(id)
    expect(service.log()).not.toContain(id)
  })

  it('outlives the process', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    await service.restart()
    expect((await session(cookie)).status).toBe(200)
  })

  it('ends after 15 minutes without use; background requests of the page do not count as use', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    service.advance(10 * minute)
    expect((await session(cookie)).status).toBe(200)
    service.advance(14 * minute)
    const background = { 'x-assay-background': '1' }
    expect(
      (await ask(service.consoleUrl, 'GET', '/console/session', { cookie, headers: background })).status,
    ).toBe(200)
    service.advance(2 * minute)
    expect(codeOf(await session(cookie))).toBe('unauthorized')
  })

  it('ends after eight hours, however much it is used', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    for (let i = 0; i < 47; i++) {
      service.advance(10 * minute)
      expect((await session(cookie)).status).toBe(200)
    }
    service.advance(10 * minute)
    expect((await session(cookie)).status).toBe(401)
  })

  it('ends at sign-out, with its key, and when the key expires', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    const out = await ask(service.consoleUrl, 'DELETE', '/console/session', { cookie })
    expect([out.status, out.headers['set-cookie']?.[0]]).toEqual([204, expect.stringContaining('Max-Age=0')])
    expect((await session(cookie)).status).toBe(401)

    const removed = await keyOf({ scope: 'read' })
    const reader = await signIn(service.consoleUrl, removed.secret)
    expect((await session(reader)).status).toBe(200)
    await service.call('DELETE', `/v1/keys/${removed.id}`)
    expect((await session(reader)).status).toBe(401)

    const at = JSON.parse((await service.call('GET', '/v1/service')).text) as { server_time: string }
    const expires = new Date(Date.parse(at.server_time) + 5 * minute).toISOString()
    const short = await keyOf({ scope: 'read', expires_at: expires })
    const guest = await signIn(service.consoleUrl, short.secret)
    expect((await session(guest)).status).toBe(200)
    service.advance(5 * minute)
    expect((await session(guest)).status).toBe(401)
  })

  it('has the rights of its key', async () => {
    const { secret } = await keyOf({ scope: 'read' })
    const cookie = await signIn(service.consoleUrl, secret)
    expect((await ask(service.consoleUrl, 'GET', '/console/v1/apps', { cookie })).status).toBe(200)
    const body = { id: 'com.example.app', platform: 'web' }
    expect(codeOf(await ask(service.consoleUrl, 'POST', '/console/v1/apps', { cookie, body }))).toBe(
      'scope_insufficient',
    )
    await service.call('POST', '/v1/apps', { body })
    const pipeline = await keyOf({ scope: 'registration', apps: ['com.example.app'] })
    const refused = await ask(service.consoleUrl, 'POST', '/console/session', {
      body: { key: pipeline.secret },
    })
    expect(codeOf(refused)).toBe('scope_insufficient')
  })

  it('is not accepted if the cookie comes twice', async () => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    const planted = `__Host-assay-console=${'A'.repeat(43)}`
    expect((await session(`${planted}; ${cookie}`)).status).toBe(401)
    expect((await session(cookie)).status).toBe(200)
  })
})

describe('from another origin', () => {
  const foreign: [string, Record<string, string | undefined>][] = [
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another port of the host', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['another site, by a form', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['a page that claims to be ours', { origin: 'https://evil.example' }],
    ['the address line', { 'sec-fetch-site': 'none', origin: undefined }],
    ['a program', { 'sec-fetch-site': undefined, origin: undefined }],
  ]
  it.each(foreign)('the cookie opens nothing: %s', async (_name, headers) => {
    const cookie = await signIn(service.consoleUrl, service.adminKey)
    for (const [method, path] of [
      ['GET', '/console/session'],
      ['GET', '/console/v1/apps'],
      ['GET', '/console/v1/outcomes'],
      ['POST', '/console/v1/apps'],
      ['DELETE', '/console/session'],
    ] as const) {
      const answer = await ask(service.consoleUrl, method, path, {
        cookie,
        headers,
        ...(method === 'POST' ? { body: {} } : {}),
      })
      expect([answer.status, codeOf(answer)], `${method} ${path}`).toEqual([403, 'origin_refused'])
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
    expect((await session(cookie)).status).toBe(200)
  })

  it('a sign-in is refused', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const answer = await ask(service.consoleUrl, 'POST', '/console/session', {
      headers,
      body: { key: service.adminKey },
    })
    expect([codeOf(answer), answer.headers['set-cookie']]).toEqual(['origin_refused', undefined])
  })

  it('a foreign name that points at loopback reaches nothing, not even the page', async () => {
    for (const host of [
      'evil.example',
      '127.0.0.1',
      `127.0.0.1:${Number(new URL(service.consoleUrl).port) + 1}`,
    ]) {
      const answer = await ask(service.consoleUrl, 'GET', '/console/', { headers: { host } })
      expect(codeOf(answer), host).toBe('origin_refused')
    }
    const { port } = new URL(service.consoleUrl)
    const answer = await ask(service.consoleUrl, 'GET', '/console/', {
      headers: { host: `localhost:${port}` },
    })
    expect(answer.status).toBe(200)
  })
})

describe('beyond loopback', () => {
  const serve = (console: { host: string; port: number; url?: string }) => runService({ console })
  it.each([
    { host: '0.0.0.0', port: 0 },
    { host: '0.0.0.0', port: 0, url: 'http://console.example' },
    { host: '127.0.0.1', port: 0, url: 'https://console.example/console' },
    { host: '127.0.0.1', port: 70_000 },
    { host: '', port: 0 },
  ])('a console does not start without an https origin: %j', async (console) => {
    await expect(serve(console)).rejects.toMatchObject({ code: 'SERVICE_CONSOLE' })
  })

  it('answers only the origin of its proxy', async () => {
    const behind = await serve({ host: '127.0.0.1', port: 0, url: 'https://console.example' })
    try {
      const headers = { host: 'console.example', origin: 'https://console.example' }
      const body = { key: behind.adminKey }
      expect((await ask(behind.consoleUrl, 'POST', '/console/session', { headers, body })).status).toBe(201)
      expect(codeOf(await ask(behind.consoleUrl, 'GET', '/console/'))).toBe('origin_refused')
    } finally {
      await behind.close()
    }
  })
})

describe('guesses', () => {
  it('of keys and of session ids are limited, and the limit does not lock out signed-in users', async () => {
    const guarded = await runService({
      console: { host: '127.0.0.1', port: 0 },
      limits: { guesses: { requests: 5, seconds: 3600 } },
    })
    try {
      const cookie = await signIn(guarded.consoleUrl, guarded.adminKey)
      expect((await ask(guarded.consoleUrl, 'GET', '/console/session', { cookie })).status).toBe(200)
      const codes: string[] = []
      for (let i = 0; i < 4; i++) {
        const key = `assay_${String(i).repeat(43)}`
        codes.push(codeOf(await ask(guarded.consoleUrl, 'POST', '/console/session', { body: { key } })))
        const guess = `__Host-assay-console=${String(i).repeat(43)}`
        codes.push(codeOf(await ask(guarded.consoleUrl, 'GET', '/console/session', { cookie: guess })))
      }
      expect(codes).toEqual([
        ...Array<string>(5).fill('unauthorized'),
        ...Array<string>(3).fill('rate_limited'),
      ])
      expect((await ask(guarded.consoleUrl, 'GET', '/console/session', { cookie })).status).toBe(200)
    } finally {
      await guarded.close()
    }
  })
})
