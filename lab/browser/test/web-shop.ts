import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { AttestationTrace, Build } from '@assay/protocol/schemas'
import { createCliProcess, startFreshService } from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import { buildPage } from '../src/build-page.ts'
import { serveFolder, type SiteServer } from '../src/serve-folder.ts'

const app = 'com.example.shop.web'
/** Probes that are on. A browser that a test drives says so to `js.automation`, which therefore is off. */
const probes = ['js.crypto', 'js.debugger', 'js.network', 'js.replaced']
const cli = createCliProcess()

/** A web shop with everything around it: service, guarded API, another server, and the page at two origins. */
export interface WebShop {
  endpoint: string
  api: GuardedApi
  elsewhere: Elsewhere
  /** The page in its release `r1`, at an origin that is registered with the API. */
  site: SiteServer
  registered: Build
  /** The same at an origin that is not. */
  stranger: SiteServer
  /** Its release `r2`, registered with `--coverage scripts`. */
  scriptsOnly: SiteServer
  /** Switches another probe on, and back off. */
  switchOn(probe: string): Promise<void>
  switchOff(): Promise<void>
  /** What the operator sees of a denial, by what the page said. */
  lookUp(said: string): Promise<AttestationTrace>
  close(): Promise<void>
}

interface Elsewhere {
  url: string
  /** Header fields of the requests that it got. */
  readonly got: readonly IncomingHttpHeaders[]
  close(): void
}

export async function openWebShop(): Promise<WebShop> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'assay-page-'))
  const folder = (build: string) => path.join(root, build)
  const [service, elsewhere, site, stranger, scriptsOnly] = await Promise.all([
    startFreshService(cli),
    startElsewhere(),
    serveFolder(folder('r1')),
    serveFolder(folder('r1')),
    serveFolder(folder('r2')),
  ])
  const sites = [site, stranger, scriptsOnly]
  const origins = sites.map(({ origin }) => origin)
  const api = await startGuardedApi({ issuer: service.url, apps: [app], tiers: ['warning'], origins })
  const assay = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await cli.succeed([...args, '--json'], service.env)).stdout)
  const release = async (build: string, ...options: string[]) => {
    const settings = { endpoint: service.url, app, build, api: api.url, elsewhere: elsewhere.url }
    await buildPage(folder(build), settings)
    return (await assay('build', 'add', folder(build), '--app', app, '--id', build, ...options)) as Build
  }
  const close = async () => {
    elsewhere.close()
    await Promise.all([service.stop(), api.close(), ...sites.map((one) => one.close())])
    await rm(root, { recursive: true, force: true })
  }
  try {
    await assay('app', 'add', app, '--platform', 'web', '--probe', ...probes)
    const registeredOrigins = ['--origin', site.origin, '--origin', scriptsOnly.origin]
    await assay('api', 'add', api.url, '--app', app, '--tier', 'warning', ...registeredOrigins)
    const registered = await release('r1')
    await release('r2', '--coverage', 'scripts')
    const ask = async (...more: string[]) =>
      void (await assay('app', 'update', app, '--probe', ...probes, ...more))
    return {
      ...{ endpoint: service.url, api, elsewhere, site, registered, stranger, scriptsOnly, close },
      switchOn: (probe) => ask(probe),
      switchOff: () => ask(),
      lookUp: async (said) => (await assay('attestation', 'show', traceIn(said))) as AttestationTrace,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function traceIn(said: string): string {
  const trace = /^failed: attestation_denied (\S+)$/.exec(said)?.[1]
  if (trace === undefined) throw new Error(`the page was not denied, it said: ${said}`)
  return trace
}

/** A server that lets every page send it whatever it likes, and keeps what they sent. */
async function startElsewhere(): Promise<Elsewhere> {
  const got: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    got.push(request.headers)
    response
      .writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' })
      .end('news')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    close: () => void server.close().closeAllConnections(),
  }
}
