import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { widestNetwork, networkPrefix } from './network-prefix.ts'

export interface ConnectionLimits {
  /** Limit for all connections together. */
  connections: number
  /** Limit for one /24 (IPv4) or /64 (IPv6) network. */
  connectionsPerNetwork: number
}

/** Connections beyond the cap that the system may hand over before space is made. */
const headroom = 64

/**
 * Caps open connections. Beyond the cap of a network, a new connection is closed without an answer, before anything is
 * read from it. Beyond the total cap, the network that has the most gives up its oldest connection to a network that
 * has fewer: opening thousands does not shut out those who want one. Behind a trusted proxy all connections come from
 * the proxy, which is the one to count them by network.
 */
export function limitConnections(
  server: Server,
  { connections, connectionsPerNetwork }: ConnectionLimits,
  { isBehindProxy }: { isBehindProxy: boolean },
): void {
  if (isBehindProxy) {
    server.maxConnections = connections
    return
  }
  server.maxConnections = connections + headroom
  const narrow = new Map<string, number>()
  /** By the network that one customer may have, the oldest connection first. */
  const wide = new Map<string, Set<Socket>>()
  let open = 0
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const network = networkPrefix(address)
    const count = (narrow.get(network) ?? 0) + 1
    const place = widestNetwork(address)
    const sockets = wide.get(place) ?? new Set()
    const largest = open < connections ? sockets : largestOf(wide)
    open++
    narrow.set(network, count)
    wide.set(place, sockets.add(socket))
    socket.once('close', () => {
      open--
      const left = (narrow.get(network) ?? 1) - 1
      if (left === 0) narrow.delete(network)
      else narrow.set(network, left)
      sockets.delete(socket)
      if (sockets.size === 0) wide.delete(place)
    })
    if (count > connectionsPerNetwork) socket.destroy()
    else if (open > connections) (largest.size > sockets.size ? oldestOf(largest) : socket)?.destroy()
  })
}

function largestOf(networks: ReadonlyMap<string, Set<Socket>>): Set<Socket> {
  let largest = new Set<Socket>()
  for (const sockets of networks.values()) if (sockets.size > largest.size) largest = sockets
  return largest
}

/** The oldest connection that is not closing already. */
function oldestOf(sockets: ReadonlySet<Socket>): Socket | undefined {
  for (const socket of sockets) if (!socket.destroyed) return socket
  return undefined
}
