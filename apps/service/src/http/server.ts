import type { AddressInfo } from 'node:net'
import { setImmediate as nextCheck, setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** Where it listens, as a URL without path. */
export function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Milliseconds that requests under way get to finish. */
const grace = 10_000

/** Milliseconds in which connections end with their next answer, while new ones are still accepted. */
const settling = 150

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers end their connections from now on. */
    draining: { isBegun: boolean }
  }
}

/** Lets {@link stopListening} end each connection with its answer: nobody sends a request into one that is about to go. */
export function endConnectionsWhenDraining(app: FastifyInstance): void {
  const draining = { isBegun: false }
  app.decorate('draining', draining)
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining.isBegun) reply.header('connection', 'close')
    done(null, payload)
  })
}

/**
 * Stops accepting, and waits for the requests under way; what has not finished after a while is cut off. First every answer ends
 * its connection for a moment, so that connections which are used end without a reset.
 */
export async function stopListening(app: FastifyInstance): Promise<void> {
  app.draining.isBegun = true
  if (await hasConnections(app)) await wait(settling)
  // A connection whose request ends now would otherwise be kept open for a next one. After what has come in is read: a timer
  // that is late comes before that, and would reset connections on which a request waits.
  const idle = setInterval(() => setImmediate(() => app.server.closeIdleConnections()), 20)
  const late = setTimeout(() => app.server.closeAllConnections(), grace)
  try {
    await nextCheck()
    await app.close()
  } finally {
    clearInterval(idle)
    clearTimeout(late)
  }
}

function hasConnections({ server }: FastifyInstance): Promise<boolean> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count > 0)))
}
