import { webSocketRequest, type AssayClient } from '@assay/client'
import { createClient, type Client } from 'graphql-ws'

export function pageSubscriptions(assay: AssayClient, url: string, webSocketImpl?: unknown): Client {
  return createClient({
    url,
    webSocketImpl,
    connectionParams: async () => ({ ...(await webSocketRequest(assay, url)).headers }),
  })
}
