import { webSocketRequest, type AssayClient } from '@assay/client'
import { createClient, type Client } from 'graphql-ws'
import { WebSocket } from 'ws'

export function subscriptions(assay: AssayClient, endpoint: string): Client {
  let headers = {}
  return createClient({
    // Before each connection, a reconnection too.
    url: async () => {
      const request = await webSocketRequest(assay, endpoint)
      headers = request.headers
      return request.url
    },
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers })
      }
    },
  })
}
