import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer, type RequestListener } from 'node:http'
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

/** Listens first, so that the listener can be made with the URL under which it is reached. */
export async function startListening(
  listenerFor: (url: string) => RequestListener | Promise<RequestListener>,
): Promise<RunningApi> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const listener = await listenerFor(url)
  server.on('request', (request, response) => {
    const id = request.headers[requestIdHeader]
    requestIds.run(typeof id === 'string' ? id : '', () => listener(request, response))
  })
  return {
    url,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections()
        server.close((error) => (error === undefined ? resolve() : reject(error)))
      }),
  }
}
