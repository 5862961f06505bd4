import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** The page's half of the bridge, as a module for a page. */
export async function pageHalf(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../../../packages/attester/client/src/web-view/index.ts', import.meta.url)),
    platform: 'browser',
    resolve: { conditionNames: ['@assay/source', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'esm' })
  return output[0].code
}

/** A site on a port, and so at an origin, of its own. @param files by path */
export async function startSite(files: Readonly<Record<string, string>>) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site.example')
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.writeHead(200, { 'Content-Type': type }).end(files[pathname] ?? '')
  })
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close().closeAllConnections(),
  }
}

/**
 * What Android does in `WebView.postWebMessage`, in the main frame: a message without source and origin, with a port. What comes over the
 * port goes to `assayApp`, which stands for `PageRequests`.
 */
export const greet = `
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = async ({ data }) => {
    const answer = await assayApp(data)
    if (answer) port1.postMessage(answer)
  }
  dispatchEvent(new MessageEvent('message', { data: 'assay:port/1', ports: [port2] }))
`

/** A frame that wants to be taken for the app: it offers a port, stays or goes, and reports what it is asked. */
export const foreignFrame = `<!doctype html><script>
  const offer = () => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => parent.postMessage({ stolen: data }, '*')
    parent.postMessage('assay:port/1', '*', [port2])
  }
  offer()
  if (location.search) parent.postMessage('gone', '*')
</script>`
