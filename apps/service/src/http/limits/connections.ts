import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { networkPrefix } from './network-prefix.ts'

export interface ConnectionLimits {
  /** Of all together. */
  connections: number
  /** Of one /24 (IPv4) or /64 (IPv6) network. */
  connectionsPerNetwork: number
}

/**
 * Caps open connections; what comes beyond is closed without an answer, before anything of it is read. Behind a trusted
 * proxy all connections come from the proxy, which is the one to count them by network.
 */
export function limitConnections(
  server: Server,
  { connections, connectionsPerNetwork }: ConnectionLimits,
  { isBehindProxy }: { isBehindProxy: boolean },
): void {
  server.maxConnections = connections
  if (isBehindProxy) return
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const network = networkPrefix(socket.remoteAddress ?? '')
    const count = (open.get(network) ?? 0) + 1
    open.set(network, count)
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1
      if (left === 0) open.delete(network)
      else open.set(network, left)
    })
    if (count > connectionsPerNetwork) socket.destroy()
  })
}
