import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createCliProcess, startFreshService, type FreshService } from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import { serveFolder, type SiteServer } from '../../src/serve-folder.ts'
import { browsers, type AnyBrowser, type AnyPage } from '../in-each-browser.ts'
import { playDeploys, type DeployRow } from '../pwa/visits.ts'
import { buildProduction } from './build-production.ts'

/** The chapters of `docs/guides/web-in-production.md`, in both browsers. */
const app = 'com.example.production'
const orders = '200 {"orders":[{"id":1,"item":"sku-1"}]}'
/** Without `js.automation`: a test drives the browser. */
const probes = ['js.crypto', 'js.network', 'js.replaced']
const cli = createCliProcess()

it('needs Chromium and Firefox', () => {
  const missing = Object.keys(browsers).length < 2
  if (missing) console.log('not run: the web in production in all browsers: Chromium or Firefox is missing')
  expect(process.env['ASSAY_REQUIRE_ALL'] === '1' && missing).toBe(false)
})

describe.runIf(Object.keys(browsers).length > 0)('the web in production', () => {
  let root: string
  let service: FreshService
  let api: GuardedApi
  let site: SiteServer
  let cdn: SiteServer
  /** Its lazy chunks are pinned, and it is not registered. */
  let pinned: SiteServer
  let pwa: SiteServer
  let folder: string
  let fromCdn: string
  let rendered: string
  const opened = new Map<string, AnyBrowser>()

  const assay = async (...args: string[]) => (await cli.succeed(args, service.env)).stdout
  const release = (built: string, code: number) =>
    assay('build', 'add', built, '--app', app, '--version-code', String(code))

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'assay-production-'))
    ;[folder, fromCdn, rendered] = ['folder', 'cdn', 'rendered'].map((name) => path.join(root, name)) as [
      string,
      string,
      string,
    ]
    ;[service, site, cdn, pinned, pwa] = await Promise.all([
      startFreshService(cli),
      serveFolder(folder),
      serveFolder(fromCdn),
      serveFolder(path.join(root, 'pinned')),
      serveFolder(path.join(root, 'pwa')),
    ])
    const origins = [site.origin, pwa.origin]
    api = await startGuardedApi({ issuer: service.url, apps: [app], tiers: ['warning'], origins })
    await assay('app', 'add', app, '--platform', 'web', '--probe', ...probes)
    await assay(
      'api',
      'add',
      api.url,
      '--app',
      app,
      '--tier',
      'warning',
      ...origins.flatMap((origin) => ['--origin', origin]),
    )
    const settings = { endpoint: service.url, app, api: api.url }
    await buildProduction(folder, settings)
    await buildProduction(fromCdn, settings, { base: `${cdn.origin}/` })
    await buildProduction(rendered, settings, { rendered: true })
    await buildProduction(path.join(root, 'pinned'), settings, { coverage: 'entry' })
    await release(folder, 1)
    await release(fromCdn, 2)
    await release(rendered, 3)
    for (const [name, launch] of Object.entries(browsers)) opened.set(name, await launch())
  })
  afterEach(() => {
    site.restore()
    cdn.restore()
    pinned.restore()
  })
  afterAll(async () => {
    for (const browser of opened.values()) await browser.close()
    await Promise.all([
      service?.stop(),
      api?.close(),
      site?.close(),
      cdn?.close(),
      pinned?.close(),
      pwa?.close(),
    ])
    await rm(root, { recursive: true, force: true })
  })

  const policy = (...more: string[]) =>
    [
      "default-src 'none'",
      "script-src 'self'",
      `connect-src 'self' ${service.url} ${api.url}`,
      "base-uri 'none'",
      ...more,
    ].join('; ')

  async function ask(name: string, { origin } = site): Promise<string> {
    const page = await (await (opened.get(name) as AnyBrowser).visitor()).open()
    await page.goto(origin)
    return press(page, 'orders')
  }

  describe.runIf('Chromium' in browsers)('a PWA in Chromium (the whole table: test/pwa)', () => {
    let deployed: DeployRow | undefined
    const browser = () => opened.get('Chromium') as AnyBrowser

    beforeAll(async () => {
      const stage = {
        ...{ endpoint: service.url, app, api: api.url, site: pwa.origin },
        ...{ served: path.join(root, 'pwa'), work: path.join(root, 'pwa-built') },
        register: (built: string) => assay('build', 'add', built, '--app', app, '--version-code', '4'),
        visitor: browser().visitor,
      }
      const kind = { strategy: 'injectManifest', registerType: 'autoUpdate', coverage: 'image' } as const
      deployed = (await playDeploys(stage, kind, 2))[1]
    })

    it('serves visitors of before a deploy, at first or after one reload', () => {
      expect(deployed?.returning).toMatch(/^served(?: after one reload)?$/)
      expect(deployed?.tab).toBe('served after one reload')
    })

    it('is denied by the name of a file that its worker has from a foreign cache, and served without that', async () => {
      const page = await (await browser().visitor()).open()
      await page.goto(pwa.origin)
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready
        for (const name of await caches.keys()) {
          const cache = await caches.open(name)
          for (const request of await cache.keys())
            if (request.url.includes('/config.js')) await cache.put(request, new Response('foreign()'))
        }
      })
      const said = await press(page, 'orders')
      expect(said).toMatch(/^failed: attestation_denied /)
      expect(await assay('attestation', 'show', said.split(' ').at(-1) ?? '')).toContain('config.js')
      await page.evaluate(async () => {
        for (const name of await caches.keys()) await caches.delete(name)
        await (await navigator.serviceWorker.ready).unregister()
      })
      await page.goto(pwa.origin)
      expect(await press(page, 'orders')).toBe(orders)
    })
  })

  describe.each(Object.keys(browsers))('%s', (name) => {
    it('serves the page under a strict content security policy', async () => {
      site.send({ 'Content-Security-Policy': policy() })
      expect(await ask(name)).toBe(orders)
    })

    it('says so where the policy keeps the SDK from the scripts of the page', async () => {
      site.send({ 'Content-Security-Policy': policy().replace("connect-src 'self'", 'connect-src') })
      expect(await ask(name)).toMatch(/^failed: page_refused/)
    })

    it('does not blame a policy that only reports for a file that is missing', async () => {
      site.send({ 'Content-Security-Policy-Report-Only': "connect-src 'none'" })
      const written = await readFile(path.join(folder, 'index.html'), 'utf8')
      site.render(written.replace('"files":[', '"files":["missing.js",'))
      expect(await ask(name)).toMatch(/^failed: measurement_failed/)
    })

    it('serves the page where it enforces Trusted Types without any policy', async () => {
      site.send({
        'Content-Security-Policy': policy("require-trusted-types-for 'script'", "trusted-types 'none'"),
      })
      expect(await ask(name)).toBe(orders)
    })

    it('serves a page whose files lie on a CDN of another origin', async () => {
      cdn.send({ 'Access-Control-Allow-Origin': site.origin })
      site.render(await readFile(path.join(fromCdn, 'index.html'), 'utf8'))
      expect(await ask(name)).toBe(orders)
    })

    it.each([
      ['has minified a page again', 'index.html', '<!-- minified -->'],
      ['has added a script to a page', 'index.html', '<script src="https://cdn.invalid/beacon.js"></script>'],
      [
        'writes scripts into a page',
        'index.html',
        '<script>document.write("<script>1</" + "script>")</script>',
      ],
      ["serves yesterday's script", /^assets\/index-/, ';0'],
    ])('refuses the page where a CDN %s, by the name of the file', async (_, which, more) => {
      const list = JSON.parse(await readFile(path.join(folder, 'assay-build.json'), 'utf8')) as {
        files: string[]
      }
      const file = list.files.find((each) => (typeof which === 'string' ? each === which : which.test(each)))
      site.append(file as string, more)
      const said = await ask(name)
      expect(said).toMatch(/^failed: attestation_denied /)
      const trace = await assay('attestation', 'show', said.split(' ').at(-1) ?? '')
      expect(trace).toContain(file)
    })

    it('loads a lazy chunk that the import map pins, and none that was changed', async () => {
      // It gets as far as the service, which knows nothing of its origin.
      expect(await ask(name, pinned)).toMatch(/^failed: network/)
      const written = await readFile(path.join(root, 'pinned', 'assay-build.json'), 'utf8')
      const lazy = (JSON.parse(written) as { files: string[] }).files.find((file) => file.includes('lazy'))
      pinned.append(decodeURIComponent(lazy as string), ';0')
      expect(await ask(name, pinned)).toMatch(/^failed: TypeError/)
    })

    it('serves a page that a server renders, with its build in it', async () => {
      const written = await readFile(path.join(rendered, 'assay-build.json'), 'utf8')
      const script = (JSON.parse(written) as { files: string[] }).files.find((file) => file.includes('main'))
      await cp(path.join(rendered, 'r'), path.join(folder, 'r'), { recursive: true })
      site.render(
        `<!doctype html><title>rendered for ${name}</title><button id="orders">Orders</button><output></output>` +
          `<script type="application/json" id="assay-build">${written.replaceAll('<', '\\u003c')}</script>` +
          `<script type="module" src="/${script ?? ''}"></script>`,
      )
      expect(await ask(name)).toBe(orders)
    })
  })
})

/** What the page says after its button was pressed. */
async function press(page: AnyPage, button: string): Promise<string> {
  await page.click(`#${button}`)
  // Not by `waitForFunction`: in Firefox it takes a function made of text, which the policy of the page refuses.
  const look = () => (document.querySelector('output') as HTMLOutputElement).value
  return vi.waitUntil(() => page.evaluate(look), { timeout: 60_000 })
}
