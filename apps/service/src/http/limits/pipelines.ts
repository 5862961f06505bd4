import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

/** Requests on a connection that wait behind another one. */
const mostBehind = 3

/**
 * Ends connections on which requests queue up behind one that is not answered yet. No current client or proxy pipelines
 * requests (RFC 9112, 9.3.2), and one read can bring in hundreds of them: a few thousand connections would block the
 * event loop for seconds, in which nobody else is even accepted. A few may queue, because an answer can be out before
 * it counts as such.
 */
export function refusePipelines(server: Server): void {
  const listeners = server.listeners('request') as RequestListener[]
  const behind = new WeakMap<Socket, number>()
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const { socket } = request
    // The requests that were read together with the one that ended the connection.
    if (socket.destroyed) return
    // Node assigns the connection to one answer at a time.
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
