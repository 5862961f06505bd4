import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { Build } from '@assay/protocol'
import { createCliProcess, startFreshService } from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/victims'
import { buildPage } from '../src/build-page.ts'
import { serveFolder, type SiteServer } from '../src/serve-folder.ts'

const app = 'com.example.shop.web'
const cli = createCliProcess(path.resolve(import.meta.dirname, '../../../apps/cli/dist/main.js'))

/** A web shop with everything around it: service, guarded API, another server, and the page at two origins. */
export interface WebShop {
  endpoint: string
  api: GuardedApi
  elsewhere: Elsewhere
  /** The page at an origin that is registered with the API. */
  site: SiteServer
  /** And at one that is not. */
  stranger: SiteServer
  /** Its first release, `r1`. */
  registered: Build
  close(): Promise<void>
}

interface Elsewhere {
  url: string
  /** Header fields of the requests that it got. */
  readonly got: readonly IncomingHttpHeaders[]
  close(): void
}

export async function openWebShop(): Promise<WebShop> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-page-'))
  const [service, site, stranger, elsewhere] = await Promise.all([
    startFreshService(cli),
    serveFolder(folder),
    serveFolder(folder),
    startElsewhere(),
  ])
  const assay = async (...args: string[]) =>
    JSON.parse((await cli.succeed([...args, '--json'], service.env)).stdout) as Build
  const api = await startGuardedApi({
    issuer: service.url,
    apps: [app],
    tiers: ['warning'],
    origins: [site.origin, stranger.origin],
  })
  const build = 'r1'
  await buildPage(folder, { endpoint: service.url, app, build, api: api.url, elsewhere: elsewhere.url })
  await assay('app', 'add', app, '--platform', 'web')
  await assay('api', 'add', api.url, '--app', app, '--tier', 'warning', '--origin', site.origin)
  return {
    endpoint: service.url,
    api,
    elsewhere,
    site,
    stranger,
    registered: await assay('build', 'add', folder, '--app', app, '--id', build),
    async close() {
      elsewhere.close()
      await Promise.all([service.stop(), api.close(), site.close(), stranger.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
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
