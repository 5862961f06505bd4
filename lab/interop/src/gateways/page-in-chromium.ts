import type { RequestListener } from 'node:http'
import { authRequestListener, createNodeGuard } from '@assay/guard/node'
import { paths } from '@assay/protocol'
import { createCliProcess, freePort, startFreshService, type Gateway } from '@assay/testkit'
import type { CaseResult } from '../subject/subject.ts'
import { closedBy, temporaryFolder } from '../subject/resources.ts'
import { withGateway } from './with-gateway.ts'

const app = 'com.example.shop.web'
/** A browser that a program drives says so to `js.automation`, which therefore is off. */
const probes = ['js.crypto', 'js.debugger', 'js.network', 'js.replaced']
const fetchable = 'OAuth-Client-Attestation, DPoP, Content-Type'

/** A page with the SDK calls an API of another origin through the gateway, whose guard requires nonces. */
export async function runPageInChromium(gateway: Gateway): Promise<CaseResult[]> {
  const { buildPage, findChromium, inChromium, serveFolder } = await import('@assay/browser')
  const name = 'a page in Chromium'
  if (findChromium() === undefined) return [{ name, skipped: 'there is no Chromium' }]
  await using folder = await temporaryFolder('page')
  await using site = closedBy(await serveFolder(folder.path), ({ close }) => close())
  const cli = createCliProcess()
  await using service = closedBy(await startFreshService(cli), ({ stop }) => stop())
  const port = await freePort()
  const audience = `http://127.0.0.1:${port}`
  const register = (...args: string[]) => cli.succeed([...args, '--json'], service.env)
  const settings = { endpoint: service.url, app, build: 'r1', api: audience, elsewhere: site.origin }
  await buildPage(folder.path, settings)
  await register('app', 'add', app, '--platform', 'web', '--probe', ...probes)
  await register('build', 'add', folder.path, '--app', app, '--id', 'r1')
  await register('api', 'add', audience, '--app', app, '--tier', 'warning', '--origin', site.origin)

  const asking = (tier: 'affirming' | 'warning') =>
    authRequestListener(
      createNodeGuard({
        issuer: service.url,
        audience,
        jwks: { url: service.url + paths.jwks },
        mode: 'bound',
        apps: [app],
        tiers: [tier],
        nonces: 'mac',
        onDecision: () => undefined,
      }),
      { ...gateway.settings, origins: [site.origin] },
    )
  let judge = asking('warning')
  const guard: RequestListener = (request, response) => judge(request, response)
  const behind = { api: apiFor(site.origin), guard, port, page: site.origin }
  return await withGateway(gateway, behind, (running) =>
    inChromium(async (browser) => {
      const page = await browser.newPage()
      const statuses: number[] = []
      page.on('response', (response) => {
        if (response.url().startsWith(`${audience}/v1`)) statuses.push(response.status())
      })
      await page.goto(site.origin)
      const press = async () => {
        await page.click('#orders')
        return page.locator('output', { hasNotText: 'working' }).innerText()
      }
      const results: CaseResult[] = []
      const expectText = async (what: string, expected: RegExp) => {
        const shown = await press()
        results.push({ name: `${name} ${what}`, fault: expected.test(shown) ? undefined : shown })
      }
      await expectText('is served', /^200 served$/)
      const isRepeated = JSON.stringify(statuses.filter((status) => status !== 204)) === '[401,200]'
      results.push({
        name: `${name} reads the nonce, and repeats its call once`,
        fault: isRepeated ? undefined : JSON.stringify(statuses),
      })
      judge = asking('affirming')
      await expectText('reads why it is refused', /^403 .*"code":"insufficient_attestation"/)
      await running.guard.close()
      await expectText('reads that the guard is away', new RegExp(`^${gateway.guardAway} .*"status":`))
      return results
    }),
  )
}

/** It answers preflights, and lets the page read what it serves. */
function apiFor(origin: string): RequestListener {
  return (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', origin)
    if (request.method !== 'OPTIONS') return void response.end('served')
    response.writeHead(204, { 'Access-Control-Allow-Headers': fetchable }).end()
  }
}
