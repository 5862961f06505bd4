import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** @param socket path of a Unix socket; without it, a free port of this machine */
export async function listen(listener: RequestListener, socket?: string): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    if (socket === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socket, resolve)
  })
  return server
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
