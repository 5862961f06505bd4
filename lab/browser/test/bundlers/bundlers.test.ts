import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PageBuild } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { createCliProcess, startFreshService, type FreshService } from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import { launchChromium, type Browser, type Page } from '../../src/browsers/chromium.ts'
import { findFirefox, launchFirefox } from '../../src/browsers/firefox.ts'
import { chromium, needsChromium } from '../needs-chromium.ts'
import { serveFolder, type SiteServer } from '../../src/serve-folder.ts'
import { bundlers, type BuildApp } from './bundlers.ts'
import type { AssayBuildOptions } from '@assay/web-build'

const app = 'com.example.lazy'
const orders = '200 {"orders":[{"id":1,"item":"sku-1"}]}'
/** What each button makes the page say, in this order. */
const presses = [
  ['orders', orders],
  ['lazy', 'lazy route'],
  ['worker', 'from a worker'],
  ['service', 'controlled'],
] as const
const firefox = findFirefox()
const cli = createCliProcess()
/** Without `js.automation`: a test drives the browser. */
const probes = ['js.crypto', 'js.network', 'js.replaced']

needsChromium('what bundlers make')

describe.runIf(chromium !== undefined)('a lazy chunk, a worker and a service worker', () => {
  let root: string
  let service: FreshService
  let api: GuardedApi
  let site: SiteServer
  let browser: Browser
  /** Folder that the site serves: each test builds into it. */
  let served: string
  let provenanceKey: string

  const assay = async (...args: string[]) => (await cli.succeed(args, service.env)).stdout

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'assay-bundlers-'))
    served = path.join(root, 'served')
    ;[service, site] = await Promise.all([startFreshService(cli), serveFolder(served)])
    api = await startGuardedApi({
      issuer: service.url,
      apps: [app],
      tiers: ['warning'],
      origins: [site.origin],
    })
    await assay('app', 'add', app, '--platform', 'web', '--probe', ...probes)
    await assay('api', 'add', api.url, '--app', app, '--tier', 'warning', '--origin', site.origin)
    provenanceKey = path.join(root, 'provenance.pem')
    await writeFile(
      provenanceKey,
      await assay('key', 'add', '--provenance', '--name', 'release', '--app', app),
    )
    const key = await assay('key', 'add', '--scope', 'registration', '--name', 'pipeline', '--app', app)
    process.env['ASSAY_URL'] = service.url
    process.env['ASSAY_API_KEY'] = key.trim()
    browser = await launchChromium(chromium as string)
  })
  afterAll(async () => {
    delete process.env['ASSAY_URL']
    delete process.env['ASSAY_API_KEY']
    await browser?.close()
    await Promise.all([service?.stop(), api?.close(), site?.close()])
    await rm(root, { recursive: true, force: true })
  })

  /** The page in a profile without history, with where it finds service and API. */
  async function open(named: { build?: string } = {}): Promise<Page> {
    const profile = await browser.newContext()
    const page = await profile.newPage()
    await page.goto(urlOf(named))
    return page
  }

  function urlOf(named: { build?: string } = {}): string {
    const shop = JSON.stringify({ endpoint: service.url, app, api: api.url, ...named })
    return `${site.origin}/?shop=${encodeURIComponent(shop)}`
  }

  it('is refused as stock Vite builds it, where nobody names the files that the document does not show', async () => {
    await rm(served, { recursive: true, force: true })
    await bundlers.Vite(served)
    await assay('build', 'add', served, '--app', app, '--id', 'stock')
    const said = await press(await open({ build: 'stock' }), 'orders')
    // Which of them depends on what the challenge lets the page read.
    expect(said).toMatch(/^failed: (plan_refused PLAN_SEGMENT|attestation_denied )/)
  })

  it.each(Object.entries(bundlers))(
    'is served as %s builds it with the plugin',
    async (_name, build: BuildApp) => {
      await rm(served, { recursive: true, force: true })
      await build(served, { register: { app, provenanceKey } })
      const written = JSON.parse(await readFile(path.join(served, 'assay-build.json'), 'utf8')) as PageBuild
      const registered = JSON.parse(
        await assay('build', 'show', written.build, '--app', app, '--json'),
      ) as Build
      expect(registered.state).toBe('active')
      expect(written.files).toEqual(registered.segments.map((segment) => segment.name))
      expect(written.files.length).toBeGreaterThanOrEqual(4)
      expect(written.serviceWorkers).toEqual(['sw.js'])
      expect(registered.warnings).toContain('service_worker_not_measured')
      const page = await open()
      for (const [button, said] of presses) expect(await press(page, button)).toBe(said)
      await page.reload()
      expect(await press(page, 'orders')).toBe(orders)
    },
  )

  /** Builds the app twice, and deploys the second over the first while a tab of it is open. */
  async function deployUnder(
    tab: Drivable & { goto(url: string): Promise<unknown> },
    coverage: 'image' | 'entry',
    ids: [string, string],
  ) {
    const next = path.join(root, 'next')
    const [first, second] = ids.map((build) => ({ build, coverage, register: { app, provenanceKey } })) as [
      AssayBuildOptions,
      AssayBuildOptions,
    ]
    await rm(served, { recursive: true, force: true })
    await bundlers.Vite(served, first)
    await tab.goto(urlOf())
    await bundlers.Vite(next, second)
    await cp(next, served, { recursive: true })
    return press(tab, 'orders')
  }

  it('is served in a tab of before a deploy by the coverage `entry`, which reads no lazy chunk', async () => {
    const tab = await (await browser.newContext()).newPage()
    const asked: string[] = []
    tab.on('request', (request) => asked.push(request.url()))
    expect(await deployUnder(tab, 'entry', ['entry-1', 'entry-2'])).toBe(orders)
    const lazy = () => asked.filter((url) => /\/assets\/.*lazy/.test(url))
    expect(lazy()).toEqual([])
    expect(asked.some((url) => url.endsWith('/index.entry-1.html'))).toBe(true)
    expect(await press(tab, 'lazy')).toBe('lazy route')
    expect(lazy()).toEqual([expect.stringContaining('/assets/@lazy-')])
    // The same by the coverage `image`: the page that the tab lists is another one now.
    const other = await (await browser.newContext()).newPage()
    expect(await deployUnder(other, 'image', ['image-1', 'image-2'])).toMatch(/^failed: page_outdated /)
  })

  it('is served in a tab of before a deploy in Firefox', async ({ skip }) => {
    if (firefox === undefined) return skip('there is no Firefox')
    const driven = await launchFirefox(firefox)
    try {
      expect(await deployUnder(await driven.newPage(), 'entry', ['entry-3', 'entry-4'])).toBe(orders)
    } finally {
      await driven.close()
    }
  })

  it('is served in Firefox as Vite builds it with the plugin', async ({ skip }) => {
    if (firefox === undefined) return skip('there is no Firefox')
    await rm(served, { recursive: true, force: true })
    await bundlers.Vite(served, { register: { app, provenanceKey } })
    const driven = await launchFirefox(firefox)
    try {
      const page = await driven.newPage()
      await page.goto(urlOf())
      for (const [button, said] of presses) expect(await press(page, button)).toBe(said)
      await page.reload()
      expect(await press(page, 'orders')).toBe(orders)
    } finally {
      await driven.close()
    }
  })
})

/** What the page says after its button was pressed. */
async function press(page: Drivable, button: string): Promise<string> {
  await page.click(`#${button}`)
  const said = await page.waitForFunction(
    () => (document.querySelector('output') as HTMLOutputElement).value || undefined,
  )
  return (await said.jsonValue()) ?? ''
}

/** What the drivers of both browsers have in common. */
interface Drivable {
  click(selector: string): Promise<unknown>
  waitForFunction(look: () => string | undefined): Promise<{ jsonValue(): Promise<string | undefined> }>
}
