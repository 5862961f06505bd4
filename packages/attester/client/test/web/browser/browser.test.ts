import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildManifest, coreFunctions, exercises, sliceDigests } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { utf8 } from '@assay/protocol'
import { memoryImage } from '../../../src/image/memory-image.ts'
import { proofOf, sha256 } from '../../fake/fake-api.ts'
import { fakeService, type FakeService } from '../../fake/fake-service.ts'
import { bundlePage, findChromium, serve, show, type Handler } from './browser.ts'

const chromium = findChromium()

it('needs Chromium', () => {
  if (chromium === undefined) console.log('not run: the SDK in a browser, because there is no Chromium')
  expect(process.env['ASSAY_REQUIRE_ALL'] === '1' && chromium === undefined).toBe(false)
})

interface Result {
  error?: string
  first: Record<string, unknown>
  second: Record<string, unknown>
}

const page =
  '<!doctype html><title>t</title><body><script type="module" src="/assets/page.js"></script></body>'
const worker = 'onmessage = () => undefined'
const probes = ['js.natives', 'js.network', 'js.automation', 'js.debugger']

/** The request headers that an API accepts if it was set up by the guide. */
const guide = readFileSync(new URL('../../../../../../docs/guides/web-app.md', import.meta.url), 'utf8')
const allowedByGuide = /'Access-Control-Allow-Headers',\s+'(.*)'/.exec(guide)?.[1] ?? ''

/** Service and API at another origin than the page, as in the field, so that CORS is in the way. */
function farSide(service: FakeService, seen: { proofs: unknown[] }): Handler {
  return async (request, body, response) => {
    const cors = {
      'Access-Control-Allow-Origin': request.headers.origin ?? '*',
      'Access-Control-Allow-Headers': allowedByGuide,
      'Access-Control-Expose-Headers': 'dpop-nonce, www-authenticate',
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204, cors).end()
    if (!request.url?.startsWith('/api')) {
      const answer = await service.fetch(`http://far.example${request.url}`, { method: 'POST', body })
      return void response
        .writeHead(answer.status, { ...cors, ...Object.fromEntries(answer.headers) })
        .end(await answer.text())
    }
    if (request.url === '/api/moved')
      return void response.writeHead(302, { ...cors, Location: '/api/orders' }).end()
    const status = request.headers['assay-status']
    if (status !== undefined) return void response.writeHead(200, cors).end(`without: ${String(status)}`)
    const headers = new Headers({ DPoP: String(request.headers['dpop']) })
    const { claims } = proofOf(headers)
    seen.proofs.push(claims)
    if (claims.nonce === undefined) {
      const wants = { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"', 'DPoP-Nonce': 'n1' }
      return void response.writeHead(401, { ...cors, ...wants }).end()
    }
    response.writeHead(200, cors).end('served')
  }
}

describe.runIf(chromium !== undefined)('the SDK in Chromium', () => {
  const seen: { proofs: Record<string, unknown>[] } = { proofs: [] }
  let service: FakeService
  let result: Result
  let far: string

  beforeAll(async () => {
    const script = await bundlePage()
    const image = memoryImage([
      { name: 'index.html', kind: 'script', bytes: utf8(page) },
      { name: 'assets/page.js', kind: 'script', bytes: utf8(script) },
      { name: 'assets/worker.js', kind: 'script', bytes: utf8(worker) },
    ])
    const description = {
      sdk: 'assay-js/0.1.0',
      code: 'script' as const,
      functions: Object.keys(coreFunctions),
      exercises: [],
      probes: [],
    }
    const manifest = buildManifest([{ segment: 'assets/page.js', bytes: utf8(script) }], description)
    const shown = await sliceDigests(manifest, image, nodeCrypto)
    // eslint-disable-next-line no-restricted-syntax -- a browser has no other clock
    service = fakeService({ trueSeconds: () => Math.floor(Date.now() / 1000) }, image, exercises, shown)
    Object.assign(service.settings, { probes, run: Object.keys(exercises), show: Object.keys(coreFunctions) })
    const farServer = await serve(farSide(service, seen))
    far = farServer.origin
    let done: (result: Result) => void = () => undefined
    const finished = new Promise<Result>((resolve) => (done = resolve))
    const files: Record<string, [string, string]> = {
      '/index.html': ['text/html', page],
      '/assets/page.js': ['text/javascript', script],
      '/assets/worker.js': ['text/javascript', worker],
    }
    const near = await serve((request, body, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://near.example')
      if (pathname === '/result') done(JSON.parse(body) as Result)
      const [type, text] = files[pathname] ?? ['text/plain', '']
      response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=600' }).end(text)
    })
    try {
      result = await show(
        chromium as string,
        `${near.origin}/index.html?far=${encodeURIComponent(far)}`,
        finished,
      )
    } finally {
      near.close()
      farServer.close()
    }
  }, 60_000)

  it('attests, with live functions shown as the minified bundle has them, and calls the API', () => {
    expect(result.error).toBeUndefined()
    expect(result.first).toMatchObject({ token: 'token-1', status: 200 })
    expect(Object.keys(service.clientData[0]?.probes ?? {})).toEqual(probes)
    expect(service.clientData[0]?.probes['js.natives']).toBe('')
  })

  it('sends the proof again with the nonce of the API, bound to the user token', () => {
    expect(seen.proofs.slice(0, 2).map(({ nonce }) => nonce)).toEqual([undefined, 'n1'])
    expect(seen.proofs[1]).toMatchObject({ htm: 'GET', htu: `${far}/api/orders`, ath: sha256('user') })
  })

  it('does not follow the redirect of a protected API', () => {
    expect(result.first['redirected']).toBe('redirect_refused')
  })

  it('keeps a key that no script can export', () => {
    expect(result.first['exported']).toBe('InvalidAccessError')
  })

  it('finds key and token after a reload', () => {
    expect(result.second).toMatchObject({ token: 'token-1', status: 200, sources: ['shared'] })
  })

  it('makes one exchange for two tabs that start at once', () => {
    const [one, two] = result.second['frames'] as [string, string]
    expect(one).toMatch(/^token-/)
    expect(two).toBe(one)
  })

  it('dates proofs right on a device that is a day behind', () => {
    // Seconds: the answer that tells the time may be on its way for a while.
    expect(result.second['wrongBy']).toBeLessThanOrEqual(600)
  })

  it('tells by a code that the service cannot be reached', () => {
    expect(result.second['offline']).toBe('network')
  })

  it('reaches an API that was set up by the guide without a token too, if the app wants that', () => {
    expect(result.second['sent']).toBe('without: network')
  })

  it('is denied when a live function shows another source', () => {
    expect(result.second['patched']).toBe('attestation_denied')
  })
})
