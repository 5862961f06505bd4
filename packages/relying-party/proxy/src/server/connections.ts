import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Most connections of a process, and of them without a request: heads that do not come, and those kept alive. */
const most = { all: 4_096, waiting: 1_024 }

/**
 * Bounds connections. Of those without a request that is under way, the one that has waited longest is ended when there
 * are too many: a head that is finished is served, however many others are not. Connections of trusted proxies are bounded
 * by these, and count only among all.
 */
export function boundConnections(
  server: Server,
  isTrusted: (address: string | undefined) => boolean,
  bounds: { readonly all: number; readonly waiting: number } = most,
): void {
  server.maxConnections = bounds.all
  /** In the order in which they began to wait; first those that have never had a request. */
  const heads = new Set<Socket>()
  const idle = new Set<Socket>()
  const waits = (socket: Socket, among: Set<Socket>) => {
    if (socket.destroyed) return
    among.add(socket)
    if (heads.size + idle.size <= bounds.waiting) return
    const [oldest] = heads.size > 0 ? heads : idle
    if (oldest === undefined) return
    works(oldest)
    oldest.destroy()
  }
  const works = (socket: Socket) => {
    heads.delete(socket)
    idle.delete(socket)
  }
  server.on('connection', (socket: Socket) => {
    if (isTrusted(socket.remoteAddress)) return
    socket.once('close', () => works(socket))
    waits(socket, heads)
  })
  const onRequest = ({ socket }: IncomingMessage, response: ServerResponse) => {
    works(socket)
    if (!isTrusted(socket.remoteAddress)) response.once('close', () => waits(socket, idle))
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('upgrade', ({ socket }: IncomingMessage) => works(socket))
}
