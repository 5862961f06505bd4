import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

/** Requests on a connection that wait behind another one. */
const mostBehind = 3

/**
 * Ends connections on which requests queue up behind one that is not answered yet. No client or proxy of today sends any before
 * the answer (RFC 9112, 9.3.2), and hundreds of them come in with one read: a few thousand connections would hold the event
 * loop for seconds, in which nobody else is even accepted. A few may queue, since an answer can be out before it counts as such.
 */
export function refusePipelines(server: Server): void {
  const listeners = server.listeners('request') as RequestListener[]
  const behind = new WeakMap<Socket, number>()
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const { socket } = request
    // What was read together with the one that ended it.
    if (socket.destroyed) return
    // Node gives the connection to one answer at a time.
    if (response.socket === null) {
      const waiting = (behind.get(socket) ?? 0) + 1
      if (waiting > mostBehind) {
        socket.destroy()
        return
      }
      behind.set(socket, waiting)
      response.once('close', () => behind.set(socket, (behind.get(socket) ?? 1) - 1))
    }
    for (const listener of listeners) listener.call(server, request, response)
  })
}
