import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The fate of a request on its way to the service. `lost`: it arrives, but the answer does not come back. */
export type Way = 'open' | 'down' | 'lost'

/** The network between a phone and the service. */
export interface Gate {
  readonly url: string
  way: Way
  /** Requests that arrived at the service: path, body, and the status of the answer once there is one. */
  readonly passed: { readonly path: string; readonly body: string; status?: number }[]
  /** Changes bodies on their way, as the owner of a phone may. */
  rewrite: ((path: string, body: string) => string) | undefined
  /** Changes answers on their way back, as an impostor of the service may. */
  rewriteAnswer: ((path: string, body: string) => string) | undefined
  close(): Promise<void>
}

export async function startGate(service: string): Promise<Gate> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { way } = gate
      if (way === 'down') return void request.socket.destroy()
      const sent = Buffer.concat(chunks).toString()
      const body = gate.rewrite?.(request.url ?? '', sent) ?? sent
      const passed: Gate['passed'][number] = { path: request.url ?? '', body }
      gate.passed.push(passed)
      const answered = await fetch(new URL(request.url ?? '/', service), {
        method: request.method ?? 'GET',
        headers: { 'content-type': 'application/json' },
        body,
      })
      passed.status = answered.status
      const given = await answered.text()
      const text = answered.ok ? (gate.rewriteAnswer?.(request.url ?? '', given) ?? given) : given
      if (way === 'lost') return void request.socket.destroy()
      const { 'content-length': _, ...headers } = Object.fromEntries(answered.headers)
      response.writeHead(answered.status, headers)
      response.end(text)
    })().catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const gate: Gate = {
    url: `http://127.0.0.1:${port}`,
    way: 'open',
    passed: [],
    rewrite: undefined,
    rewriteAnswer: undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return gate
}
