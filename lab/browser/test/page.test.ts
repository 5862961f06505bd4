import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { paths } from '@assay/protocol'
import { launchChromium } from '../src/browsers/chromium.ts'
import { chromium, needsChromium } from './needs-chromium.ts'
import { openWebShop, type WebShop } from './web-shop.ts'

const orders = '200 {"orders":[{"id":1,"item":"sku-1"}]}'
const day = 86_400_000
/** What is put at the start of a function. */
const patch = 'globalThis.patchedRan=1;'

needsChromium('the page with the SDK')
describe.skipIf(chromium === undefined)('the page, built by Vite, in Chromium', () =>
  testPage(chromium as string),
)

function testPage(executable: string): void {
  let shop: WebShop
  let browser: Browser
  /** A browser profile of its own for each test, and what its pages sent. */
  let profile: BrowserContext
  let sent: Request[]

  beforeAll(async () => {
    shop = await openWebShop()
    browser = await launchChromium(executable)
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
  })
  beforeEach(async () => {
    profile = await browser.newContext()
    sent = []
    profile.on('request', (request) => void sent.push(request))
  })
  afterEach(async () => {
    shop.site.restore()
    await profile.close()
  })

  async function open(origin = shop.site.origin): Promise<Page> {
    const page = await profile.newPage()
    await page.goto(origin)
    return page
  }

  const attestations = () => sent.filter((request) => posted(request, shop.endpoint + paths.attestations))
  const calls = () => sent.filter((request) => request.url().startsWith(`${shop.api.url}/v1`))

  it('attests the code of the whole folder, and is served', async () => {
    expect(await press(await open(), 'orders')).toBe(orders)
    expect(shop.registered.segments.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'script assets/r1/counter.js',
      'script assets/r1/details.js',
      'script assets/r1/index.js',
      'script index.html',
    ])
  })

  it('attests the same where the build covers scripts only', async () => {
    expect(await press(await open(shop.scriptsOnly.origin), 'orders')).toBe(orders)
  })

  it('is served after workers and modules were loaded', async () => {
    const page = await open()
    expect(await press(page, 'details')).toBe('build r1')
    expect(await press(page, 'count')).toBe('counted to 1000')
    expect(await press(page, 'orders')).toBe(orders)
  })

  it('keeps token and key over a reload', async () => {
    const page = await open()
    await press(page, 'orders')
    await page.reload()
    expect(await press(page, 'orders')).toBe(orders)
    expect(attestations()).toHaveLength(1)
    expect(new Set(calls().map(tokenOf)).size).toBe(1)
    expect(new Set(calls().map(keyOfProof))).toEqual(new Set([keyOfToken(tokenOf(calls()[0] as Request))]))
  })

  it('keeps a key that no script can export', async () => {
    const page = await open()
    await press(page, 'orders')
    expect(await page.evaluate(exportKey, `assay/${shop.registered.app}`)).toEqual({
      type: 'private',
      extractable: false,
      exported: ['InvalidAccessError', 'InvalidAccessError'],
    })
  })

  it('says by its code that there is no network, and recovers when it is back', async () => {
    const page = await open()
    await profile.setOffline(true)
    expect(await press(page, 'orders')).toBe('failed: network')
    await profile.setOffline(false)
    await expect.poll(() => press(page, 'orders'), { timeout: 60_000 }).toBe(orders)
  })

  it('makes one exchange for two tabs', async () => {
    const tabs = await Promise.all([open(), open()])
    expect(await Promise.all(tabs.map((tab) => press(tab, 'orders')))).toEqual([orders, orders])
    expect(attestations()).toHaveLength(1)
    expect(new Set(calls().map(tokenOf)).size).toBe(1)
  })

  it.each([day, -day])('is served with a clock that is wrong by %i ms', async (ahead) => {
    await profile.addInitScript(shiftClock, ahead)
    const page = await open()
    expect(await page.evaluate(() => Date.now())).toBeCloseTo(Date.now() + ahead, -5)
    expect(await press(page, 'orders')).toBe(orders)
    await page.reload()
    expect(await press(page, 'orders')).toBe(orders)
    expect(attestations()).toHaveLength(1)
  })

  it.each(['assets/r1/index.js', 'assets/r1/details.js', 'assets/r1/counter.js', 'index.html'])(
    'is refused with one byte more in %s, and served when it is put right',
    async (file) => {
      shop.site.append(file, ' ')
      const page = await open()
      const { code, segments } = await shop.lookUp(await press(page, 'orders'))
      expect({ code, segments }).toEqual({ code: 'SOFTWARE_SEGMENT_MISMATCH', segments: [file] })
      expect(calls()).toEqual([])
      shop.site.restore()
      await page.reload()
      expect(await press(page, 'orders')).toBe(orders)
    },
  )

  it('is refused with a function of the SDK patched in memory, though all bytes are as registered', async () => {
    await patchInMemory(profile, 'conclusion')
    const page = await open()
    const { code, segments } = await shop.lookUp(await press(page, 'orders'))
    expect({ code, segments }).toEqual({ code: 'SOFTWARE_SEGMENT_MISMATCH', segments: ['live:conclusion'] })
    expect(await page.evaluate(() => 'patchedRan' in globalThis)).toBe(true)
  })

  // The limit of the live-code step, which the documents name: what shows the source is part of the page too.
  it('is served with a patched function where what shows its source is patched as well', async () => {
    await patchInMemory(profile, 'conclusion')
    await profile.addInitScript(hidePatch)
    const page = await open()
    expect(await press(page, 'orders')).toBe(orders)
    expect(await page.evaluate(() => 'patchedRan' in globalThis)).toBe(true)
  })

  it('answers a probe that is switched on while it runs, at its next refresh', async () => {
    const page = await open()
    expect(await press(page, 'orders')).toBe(orders)
    await shop.switchOn('js.automation')
    try {
      expect((await shop.lookUp(await press(page, 'renew'))).code).toBe('AUTOMATION')
    } finally {
      await shop.switchOff()
    }
  })

  it('gets nothing from an origin that is not registered', async () => {
    const page = await open(shop.stranger.origin)
    expect(await press(page, 'orders')).toBe('failed: network')
    expect(calls()).toEqual([])
    for (const [origin, allowed] of [
      [shop.stranger.origin, null],
      [shop.site.origin, shop.site.origin],
    ] as const) {
      const { headers } = await fetch(shop.endpoint + paths.challenges, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
      expect(headers.get('access-control-allow-origin')).toBe(allowed)
    }
  })

  it('sends neither token nor proof to a server that is not protected', async () => {
    const page = await open()
    expect(await press(page, 'orders')).toBe(orders)
    expect(await press(page, 'elsewhere')).toBe('200 news')
    const secret = ['oauth-client-attestation', 'dpop', 'authorization', 'cookie']
    expect(Object.keys(calls()[0]?.headers() ?? {})).toEqual(expect.arrayContaining(secret.slice(0, 2)))
    expect(shop.elsewhere.got).toHaveLength(1)
    expect(Object.keys(shop.elsewhere.got[0] ?? {}).filter((name) => secret.includes(name))).toEqual([])
  })
}

/** What the page says after its button was pressed. */
async function press(page: Page, button: string): Promise<string> {
  await page.click(`#${button}`)
  const said = await page.waitForFunction(() => {
    const { value } = document.querySelector('output') as HTMLOutputElement
    return value === 'working' ? undefined : value
  })
  return (await said.jsonValue()) ?? ''
}

function posted(request: Request, url: string): boolean {
  return request.method() === 'POST' && request.url() === url
}

function tokenOf(request: Request): string {
  return request.headers()['oauth-client-attestation'] ?? ''
}

function keyOfProof(request: Request): string {
  return (decodePart(request.headers()['dpop'], 0) as { jwk: { x: string } }).jwk.x
}

function keyOfToken(token: string): string {
  return (decodePart(token, 1) as { cnf: { jwk: { x: string } } }).cnf.jwk.x
}

function decodePart(jws: string | undefined, part: number): unknown {
  return JSON.parse(Buffer.from(jws?.split('.')[part] ?? '', 'base64url').toString())
}

/**
 * From now on the browser executes a changed live function of the SDK, while the SDK, which asks for its own bytes, gets
 * them as they are.
 */
async function patchInMemory(profile: BrowserContext, name: string): Promise<void> {
  await profile.route('**/index.js', async (route) => {
    if (route.request().resourceType() !== 'script') return route.continue()
    const response = await route.fetch()
    const text = await response.text()
    const body = text.indexOf('{', text.indexOf(`assay:live:${name}`)) + 1
    return route.fulfill({ response, body: text.slice(0, body) + patch + text.slice(body) })
  })
}

/** Runs in the page, before its scripts. */
function hidePatch(): void {
  const { toString } = Function.prototype
  Function.prototype.toString = function (this: () => unknown) {
    return toString.call(this).replace('globalThis.patchedRan=1;', '')
  }
}

/** Runs in the page, before its scripts. */
function shiftClock(ahead: number): void {
  const Real = Date
  globalThis.Date = class extends Real {
    constructor(...given: []) {
      super(...((given.length === 0 ? [Real.now() + ahead] : given) as []))
    }
    static override now(): number {
      return Real.now() + ahead
    }
  } as DateConstructor
}

/** Runs in the page: tries what a script injected there would. */
async function exportKey(database: string): Promise<object> {
  const opened = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(database)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(new Error('no database'))
  })
  const { privateKey } = await new Promise<{ privateKey: CryptoKey }>((resolve) => {
    const reading = opened.transaction('values').objectStore('values').get('key')
    reading.onsuccess = () => resolve(reading.result as { privateKey: CryptoKey })
  })
  const { type, extractable } = privateKey
  const formats = ['pkcs8', 'jwk'] as const
  const exported = await Promise.all(
    formats.map((format) =>
      crypto.subtle.exportKey(format, privateKey).then(
        () => 'exported',
        (error: unknown) => (error as DOMException).name,
      ),
    ),
  )
  return { type, extractable, exported }
}
