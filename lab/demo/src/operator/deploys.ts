import { createHash } from 'node:crypto'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { serveFolder, type SiteServer } from '@assay/browser'
import { createNodeClient } from '@assay/client/node'
import { pageImage, type PageImagePlatform } from '@assay/client/web'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import type { Day } from './day.ts'
import type { OperatorStage } from './stage.ts'

const app = 'com.example.shop'

/** An open page: what the browser has loaded, and the options of its SDK. */
interface Tab {
  build: string
  script: string
  importMap: string
  /** Its page, by the name under which the SDK looks for it. */
  page: string
}

/** A new release, and a tab that was opened before it and makes its first exchange afterwards. */
export async function deployRows(stage: OperatorStage, day: Day): Promise<void> {
  const { cli, service, folder } = stage
  const assay = async (line: string) => (await cli.succeed(line.split(' '), service.env)).stdout.trim()
  const api = await startGuardedApi({ issuer: service.url, tiers: ['warning'], apps: [app] })
  const site = path.join(folder, 'site')
  const server = await serveFolder(site)
  const rowOf = async (name: string, expected: string, tab: Tab) =>
    day.row(name, expected, await asked(tab, { service: service.url, server, api, assay }))
  try {
    await assay(`app add ${app} --platform web`)
    await assay(`api add ${api.url} --app ${app} --tier warning`)

    const whole = { coverage: 'image', entryPage: false }
    const before = await release(stage, { ...whole, build: '1.0.7', versionCode: 7 })
    await deploy(stage, before, site)
    await rowOf('web deploy: a tab of the release', 'served', before)
    const after = await release(stage, { ...whole, build: '1.0.8', versionCode: 8 })
    await deploy(stage, after, site)
    await rowOf('web deploy: a tab of the next release', 'served', after)
    await rowOf(
      'web deploy: an old tab, index.html measured',
      'refused: SOFTWARE_SEGMENT_MISMATCH, the bytes are those of build 1.0.8',
      before,
    )

    const entry = { coverage: 'entry', entryPage: true }
    const opened = await release(stage, { ...entry, build: '1.1.0', versionCode: 10 })
    await deploy(stage, opened, site)
    const next = await release(stage, { ...entry, build: '1.1.1', versionCode: 11 })
    await deploy(stage, next, site)
    await rowOf('web deploy: a tab of now, page of a name of its own', 'served', next)
    await rowOf('web deploy: an old tab, page of a name of its own', 'served', opened)
  } finally {
    await server.close()
    await api.close()
  }
}

interface Release {
  build: string
  versionCode: number
  coverage: string
  /** Whether a copy of the page is available under a name with the build. */
  entryPage: boolean
}

/** Builds and registers a page with one lazy chunk, which its import map pins. */
async function release(
  { cli, service, folder }: OperatorStage,
  { build, versionCode, coverage, entryPage }: Release,
): Promise<Tab> {
  const output = path.join(folder, build)
  const chunk = `export const checkout = '${build}'`
  const digest = createHash('sha384').update(chunk).digest('base64')
  const importMap = JSON.stringify({ integrity: { [`/assets/checkout-${build}.js`]: `sha384-${digest}` } })
  const script = `assets/main-${build}.js`
  const page = `<!doctype html><script type="importmap">${importMap}</script><script type="module" src="/${script}"></script>`
  await mkdir(path.join(output, 'assets'), { recursive: true })
  await writeFile(path.join(output, 'index.html'), page)
  if (entryPage) await writeFile(path.join(output, `index.${build}.html`), page)
  await writeFile(path.join(output, script), `import('./checkout-${build}.js')`)
  await writeFile(path.join(output, `assets/checkout-${build}.js`), chunk)
  const add = `build add ${output} --app ${app} --id ${build} --version-code ${versionCode} --coverage ${coverage}`
  await cli.succeed(add.split(' '), service.env)
  return { build, script, importMap, page: entryPage ? `index.${build}.html` : 'index.html' }
}

/** Files of earlier releases stay where they are; `index.html` is replaced. */
async function deploy({ folder }: OperatorStage, { build }: Tab, site: string): Promise<void> {
  await cp(path.join(folder, build), site, { recursive: true })
}

interface Where {
  service: string
  server: SiteServer
  api: GuardedApi
  assay: (line: string) => Promise<string>
}

/** The outcome of a tab's first request. The reader is the web SDK's own, over the contents of a document. */
async function asked(tab: Tab, { service, server, api, assay }: Where): Promise<string> {
  const { build, script, importMap, page } = tab
  const root = `${server.origin}/`
  const document = {
    baseURI: root,
    querySelectorAll: () => [{ src: root + script }],
    querySelector: () => ({ textContent: importMap }),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  } as unknown as PageImagePlatform['document']
  const client = createNodeClient({
    endpoints: [service],
    app,
    build,
    audiences: { [api.url]: api.url },
    image: (coverage) =>
      pageImage(
        { root, files: coverage === 'entry' ? [page] : [page, `assets/checkout-${build}.js`] },
        { document, fetch },
        coverage,
      ),
  })
  try {
    const { status } = await client.fetch(`${api.url}/v1/orders`)
    return status === 200 ? 'served' : `refused: ${api.decisions.at(-1)?.code ?? status}`
  } catch (error) {
    const { code, trace } = error as { code?: string; trace?: string }
    if (trace === undefined) return `refused: ${code ?? String(error)}`
    const report = JSON.parse(await assay(`doctor ${trace} --json`)) as {
      trace: { code: string }
      bytes_of: string | null
    }
    return `refused: ${report.trace.code}, the bytes are those of build ${report.bytes_of ?? 'none'}`
  } finally {
    client.close()
  }
}
