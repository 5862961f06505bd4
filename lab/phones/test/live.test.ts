import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { findChromium, launchChromium, type Browser, type Page } from '@assay/browser'
import { webSocketRequest } from '@assay/client'
import { keystoreOf, type InstalledApp } from '@assay/testkit'
import { liveRoutes } from '@assay/testkit/victims'
import { createClient, type Client } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { isAdmitted } from './recipes/first-message.ts'
import { pageSubscriptions } from './recipes/page-subscriptions.ts'
import { subscriptions } from './recipes/subscriptions.ts'
import { foreignFrame, greet, pageHalf, startSite } from './web-view-page.ts'
import { setSimulatedWorld, type SimulatedWorld } from '../src/simulated/world.ts'

let world: SimulatedWorld
let app: InstalledApp
beforeAll(async () => {
  world = await setSimulatedWorld()
  app = world.androidPhone({
    build: world.builds.splits,
    segments: await world.android.installed('arm64-v8a'),
    abi: 'arm64-v8a',
    keyStore: keystoreOf(world.phones.pixel()),
    audiences: { [world.live.url]: world.api.url },
  })
})
afterAll(async () => {
  ;(app as InstalledApp | undefined)?.close()
  await (world as SimulatedWorld | undefined)?.close()
})

const at = (path: string) => `${world.live.url}${path}`.replace('http:', 'ws:')

/** What the guard saw meanwhile. */
async function seenDuring(work: () => Promise<unknown>) {
  const before = world.live.seen.length
  await work()
  return world.live.seen.slice(before)
}

/** The answer to a message, or the status of a handshake that is refused. */
async function echo(url: string, headers: Readonly<Record<string, string>>): Promise<string | number> {
  const socket = new WebSocket(url, { headers })
  const refused = new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      resolve(statusCode)
      socket.terminate()
    })
  })
  socket.on('error', () => undefined)
  socket.on('open', () => socket.send('hello'))
  const answered = once(socket, 'message').then(([data]) => (data as Buffer).toString())
  const outcome = await Promise.race([refused, answered])
  socket.terminate()
  return outcome
}

describe('a WebSocket', () => {
  it('whose handshake has token and proof is served, and the guard has seen a GET of its path', async () => {
    const seen = await seenDuring(async () => {
      const { url, headers } = await webSocketRequest(app.client, at(liveRoutes.feed))
      expect(await echo(url, { ...headers })).toBe('hello')
    })
    expect(seen).toEqual([{ method: 'GET', path: liveRoutes.feed, code: null }])
  })

  it('with the headers of another handshake, of another path, or with none, is refused', async () => {
    const { url, headers } = await webSocketRequest(app.client, at(liveRoutes.feed))
    const elsewhere = await webSocketRequest(app.client, at(liveRoutes.graphql))
    const seen = await seenDuring(async () => {
      expect(await echo(url, { ...headers })).toBe('hello')
      expect(await echo(url, { ...headers })).toBe(401)
      expect(await echo(url, { ...elsewhere.headers })).toBe(401)
      expect(await echo(url, {})).toBe(401)
    })
    expect(seen.map(({ code }) => code)).toEqual([null, 'PROOF_REPLAYED', 'PROOF_HTU', 'TOKEN_MISSING'])
  })
})

/** What the first subscription brings, or the code with which the connection is closed. */
function subscribed(client: Client): Promise<unknown> {
  return new Promise((resolve) => {
    const settle = (outcome: unknown) => {
      resolve(outcome)
      void client.dispose()
    }
    client.subscribe(
      { query: 'subscription { placed { item } }' },
      {
        next: ({ data }) => settle(data),
        error: (error) => settle((error as { code?: number }).code ?? (error as Error).message),
        complete: () => undefined,
      },
    )
  })
}

const placed = { placed: { item: 'sku-1' } }

describe('GraphQL', () => {
  it('over HTTP is a POST like any other', async () => {
    const seen = await seenDuring(async () => {
      const body = JSON.stringify({ query: '{ orders { item } }' })
      const response = await app.client.fetch(world.live.url + liveRoutes.graphql, { method: 'POST', body })
      expect(await response.json()).toEqual({ data: { orders: [{ item: 'sku-1' }] } })
    })
    expect(seen).toEqual([{ method: 'POST', path: liveRoutes.graphql, code: null }])
  })

  it('has subscriptions, each connection with a handshake of its own', async () => {
    const seen = await seenDuring(async () => {
      expect(await subscribed(subscriptions(app.client, at(liveRoutes.graphql)))).toEqual(placed)
      expect(await subscribed(subscriptions(app.client, at(liveRoutes.graphql)))).toEqual(placed)
    })
    const one = { method: 'GET', path: liveRoutes.graphql, code: null }
    expect(seen).toEqual([one, one])
  })

  it('has subscriptions in pages, which prove themselves by the first message', async () => {
    const url = at(liveRoutes.pages)
    const page = { url, webSocketImpl: WebSocket, retryAttempts: 0 }
    const hostile = { DPoP: 5, 'OAuth-Client-Attestation': [] }
    const seen = await seenDuring(async () => {
      expect(await subscribed(pageSubscriptions(app.client, url, WebSocket))).toEqual(placed)
      expect(await subscribed(createClient(page))).toBe(4403)
      expect(await subscribed(createClient({ ...page, connectionParams: hostile }))).toBe(4403)
    })
    expect(seen.map(({ code }) => code)).toEqual([null, 'TOKEN_MISSING', 'TOKEN_MISSING'])
  })
})

const chromium = findChromium()

it('needs Chromium', () => {
  if (chromium === undefined) console.log('not run: the bridge of a web view, because there is no Chromium')
  expect(process.env['ASSAY_REQUIRE_ALL'] === '1' && chromium === undefined).toBe(false)
})

describe.runIf(chromium !== undefined)('a page in a web view', () => {
  let browser: Browser
  let page: Page
  let url: string
  const asked: string[] = []
  const closing: (() => unknown)[] = []
  beforeAll(async () => {
    const foreign = await startSite({ '/': foreignFrame })
    const site = await startSite({
      '/assay.js': await pageHalf(),
      '/': `<!doctype html><script type="module">
        import { createWebViewClient } from '/assay.js'
        globalThis.createWebViewClient = createWebViewClient
        globalThis.stolen = []
        addEventListener('message', ({ data }) => data.stolen && stolen.push(data.stolen))
        globalThis.offered = (query) => new Promise((resolve) => {
          const frame = document.createElement('iframe')
          addEventListener('message', ({ data }) => data === 'gone' && frame.remove())
          frame.onload = () => setTimeout(resolve, 50)
          if (query) setTimeout(resolve, 500)
          frame.src = '${foreign.origin}/' + query
          document.body.append(frame)
        })
      </script>`,
    })
    const api = await world.apiForPages(site.origin)
    url = `${api.url}/v1/orders`
    browser = await launchChromium(chromium as string)
    closing.push(foreign.close, site.close, () => browser.close())
    const own = world.androidPhone({
      build: world.builds.splits,
      segments: await world.android.installed('arm64-v8a'),
      abi: 'arm64-v8a',
      keyStore: keystoreOf(world.phones.pixel()),
      audiences: { [api.url]: world.api.url },
    })
    closing.push(() => own.close())
    page = await browser.newPage()
    let nonce: string | undefined
    await page.exposeFunction('assayApp', async (text: string) => {
      asked.push(text)
      const { id, method, url: to, authorization, nonce: learnt } = JSON.parse(text) as Record<string, string>
      if (learnt !== undefined) return void (nonce = learnt)
      try {
        const headers = await own.client.proof({ method: method ?? '', url: to ?? '', authorization, nonce })
        return JSON.stringify({ id, headers })
      } catch {
        return JSON.stringify({ id, error: 'url' })
      }
    })
    await page.goto(site.origin)
    await page.waitForFunction('globalThis.offered')
  })
  afterAll(async () => {
    for (const end of closing.reverse()) await end()
  })

  /** Runs in the page, with a client of its own. */
  const inPage = (script: string, timeout = 60_000): Promise<unknown> =>
    page.evaluate(`(async () => {
      const assay = createWebViewClient({ audiences: { '${new URL(url).origin}': 'api' }, timeout: ${timeout} })
      try { ${script} } catch ({ name, code }) { return name + ' ' + code } finally { assay.close() }
    })()`)

  it('is served once the app has given it a port, also with a nonce that the API wants', async () => {
    const script = `const waiting = assay.fetch('${url}', { headers: { Authorization: 'Bearer user' } })
      ${greet}
      return (await waiting).status`
    expect(await inPage(script)).toBe(200)
    expect(asked.some((text) => text.includes('"learn"'))).toBe(true)
  })

  it.each([
    ['stays', ''],
    ['is gone when its message comes', '?go'],
  ])('asks no foreign frame that offers it a port and %s', async (_, query) => {
    const script = `const waiting = assay.fetch('${url}', { headers: { Authorization: 'Bearer user' } })
      waiting.catch(() => undefined)
      await offered('${query}')
      assay.close()
      return [stolen, await waiting.catch(({ code }) => code)]`
    expect(await inPage(script)).toEqual([[], 'closed'])
  })

  it('waits no longer for an app than it is told to', async () => {
    expect(await inPage(`return (await assay.fetch('${url}')).status`, 1)).toBe('AssayClientError timeout')
  })

  it('sends requests to other URLs as they are, and gets no proof for them', async () => {
    const before = asked.length
    expect(await inPage("return (await assay.fetch('/assay.js')).status")).toBe(200)
    expect(asked).toHaveLength(before)
    const script = `${greet} return await assay.proof({ method: 'GET', url: 'https://foreign.example/' })`
    expect(await inPage(script)).toBe('TypeError ERR_INVALID_ARG_VALUE')
  })

  it('asks again by a new port what the one before has not answered', async () => {
    const script = `const lost = new MessageChannel()
      dispatchEvent(new MessageEvent('message', { data: 'assay:port/1', ports: [lost.port2] }))
      const waiting = assay.fetch('${url}')
      ${greet}
      return (await waiting).status`
    expect(await inPage(script)).toBe(200)
  })
})

describe('the guide', () => {
  const root = path.resolve(import.meta.dirname, '../../..')
  const guide = readFileSync(path.join(root, 'docs/guides/sockets-and-calls.md'), 'utf8')

  it.each(['subscriptions', 'page-subscriptions', 'first-message'])('shows what ran here: %s', (name) => {
    const file = readFileSync(path.join(import.meta.dirname, `recipes/${name}.ts`), 'utf8')
    expect(guide).toContain('```ts\n' + file + '```')
  })

  it.each([
    ['sockets-and-calls.md', 'OrderSocket.kt', 'class OrderSocket'],
    ['sockets-and-calls.md', 'AssayCredentials.kt', '/** Token and proof for each call'],
    ['android.md', 'UploadWorker.kt', 'class UploadWorker'],
    ['android.md', 'AssayInitializer.kt', 'class AssayInitializer'],
  ])('%s shows what Maven compiles: %s', (page, name, begin) => {
    const folder = path.join(root, 'examples/android/app/src/main/java/com/example/shop')
    const file = readFileSync(path.join(folder, name), 'utf8')
    const text = readFileSync(path.join(root, 'docs/guides', page), 'utf8')
    expect(text).toContain('```kotlin\n' + file.slice(file.indexOf(begin)) + '```')
  })

  it('has a server that asks the guard about the texts of a first message, and about nothing else', async () => {
    const judged: unknown[] = []
    const guard = { verify: async (request: unknown) => (judged.push(request), { ok: judged.length === 1 }) }
    const isServed = (message: unknown) => isAdmitted(guard as never, '/graphql', message)
    expect(await isServed({ DPoP: 'a', more: { b: 1 }, list: ['c'] })).toBe(true)
    expect([await isServed(undefined), await isServed('text')]).toEqual([false, false])
    const headers = [{ DPoP: 'a' }, {}, { 0: 't', 1: 'e', 2: 'x', 3: 't' }]
    expect(judged).toEqual(headers.map((each) => ({ method: 'GET', url: '/graphql', headers: each })))
  })
})
