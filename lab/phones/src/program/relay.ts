import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The network between phones and the service: it can be cut, and lose answers. */
export interface Relay {
  readonly url: string
  /** Paths of the requests that came, in order. */
  readonly seen: string[]
  /** Exchanges with the service that have come to their end there, whether or not the phone heard of it. */
  readonly answered: { readonly path: string; readonly body: string; readonly status: number }[]
  /** Nothing gets through. */
  isCut: boolean
  /** Drops answers of this path after the service has sent them; called for each lost answer. */
  losing: { path: string; lost: () => void } | undefined
  /** Changes bodies on their way to the service, as the owner of a phone may. */
  rewrite: ((path: string, body: string) => string) | undefined
  /** Changes answers on their way to the phone, as an impostor of the service may. */
  forge: ((path: string, body: string) => string) | undefined
  close(): Promise<void>
}

export async function startRelay(service: string): Promise<Relay> {
  const target = new URL(service)
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? ''
    relay.seen.push(path)
    if (relay.isCut) return void incoming.socket.destroy()
    void read(incoming).then((body) => pass(incoming, body, outgoing, target, relay))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    answered: [],
    isCut: false,
    losing: undefined,
    rewrite: undefined,
    forge: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return relay
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function pass(
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
  target: URL,
  relay: Relay,
): void {
  const { method, url: path = '' } = incoming
  const sent = relay.rewrite === undefined ? body : Buffer.from(relay.rewrite(path, body.toString()))
  const headers = { ...incoming.headers, 'content-length': sent.length }
  const passed = forward({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
    const { losing } = relay
    relay.answered.push({ path, body: sent.toString(), status: answer.statusCode ?? 0 })
    if (losing !== undefined && losing.path === path) {
      // The answer is read to its end, so that the service has finished its work.
      answer.resume().once('end', losing.lost)
      return
    }
    const { forge } = relay
    if (forge !== undefined)
      return void read(answer).then((body) => {
        const forged = Buffer.from(forge(path, body.toString()))
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': forged.length })
        outgoing.end(forged)
      })
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  passed.once('error', () => incoming.socket.destroy())
  passed.end(sent)
}
