import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An API on loopback. */
export interface RunningApi {
  url: string
  close(): Promise<void>
}

/** The field by which a caller names its request to anyone who reads the API's log. */
export const requestIdHeader = 'x-request-id'

const requestIds = new AsyncLocalStorage<string>()

/** The name that the caller gave to the request that is being answered. */
export function currentRequestId(): string | undefined {
  return requestIds.getStore()
}

/** Answers a request under the name that its caller gave it. */
export function withRequestId({ headers }: IncomingMessage, answer: () => void): void {
  const id = headers[requestIdHeader]
  requestIds.run(typeof id === 'string' ? id : '', answer)
}

/** Listens first, so that the listener can be made with the URL under which it is reached. */
export async function startListening(
  listenerFor: (url: string) => RequestListener | Promise<RequestListener>,
): Promise<RunningApi> {
  const server = createServer()
  const url = `http://127.0.0.1:${await listenOn(server, 0)}`
  const listener = await listenerFor(url)
  server.on('request', (request, response) => withRequestId(request, () => listener(request, response)))
  return {
    url,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections()
        server.close((error) => (error === undefined ? resolve() : reject(error)))
      }),
  }
}

/** Lets an own server listen at a URL that it must know before it is made. */
export async function startListeningAt(
  serverFor: (url: string) => Server | Promise<Server>,
): Promise<RunningApi> {
  const reserved = createServer()
  const port = await listenOn(reserved, 0)
  await new Promise<void>((resolve) => reserved.close(() => resolve()))
  const url = `http://127.0.0.1:${port}`
  const server = await serverFor(url)
  server.prependListener('request', ({ headers }) => {
    const id = headers[requestIdHeader]
    requestIds.enterWith(typeof id === 'string' ? id : '')
  })
  await listenOn(server, port)
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  return (server.address() as AddressInfo).port
}
