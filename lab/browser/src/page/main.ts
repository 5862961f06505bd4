import { AssayClientError } from '@assay/client'
import { createWebClient } from '@assay/client/web'
import type { PageSettings } from './page-settings.ts'

/** Put in by the build. */
declare const settings: PageSettings

const { endpoint, app, build, api, elsewhere } = settings
const assets = `assets/${build}`
const assay = createWebClient({
  endpoints: [endpoint],
  app,
  build,
  audiences: { [api]: api },
  files: ['index.html', `${assets}/details.js`, `${assets}/counter.js`],
})

const output = document.querySelector('output') as HTMLOutputElement
onClick('orders', () => load(`${api}/v1/orders`))
onClick('renew', renew)
onClick('elsewhere', () => load(`${elsewhere}/news`))
onClick('details', async () => (await import('./details.ts')).details(build))
onClick('count', count)
output.value = 'ready'

/** Shows the result of `work`, or the code and trace id of its error. */
function onClick(id: string, work: () => Promise<string>): void {
  document.getElementById(id)?.addEventListener('click', () => {
    output.value = 'working'
    work().then(
      (text) => (output.value = text),
      (error: unknown) => (output.value = `failed: ${describe(error)}`),
    )
  })
}

function describe(error: unknown): string {
  if (!(error instanceof AssayClientError)) return String(error)
  return error.trace === undefined ? error.code : `${error.code} ${error.trace}`
}

async function load(url: string): Promise<string> {
  const response = await assay.fetch(url)
  return `${response.status} ${await response.text()}`
}

async function renew(): Promise<string> {
  await assay.getToken(api, { forceRefresh: true })
  return 'renewed'
}

function count(): Promise<string> {
  const worker = new Worker(new URL('./counter.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(`counted to ${String(data)}`)
    worker.postMessage(1000)
  })
}
