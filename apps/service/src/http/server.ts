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

/** Milliseconds during which connections end with their next answer, while new ones are still accepted. */
const settling = 150

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on answers end their connections. */
    draining: { isBegun: boolean }
  }
}

/**
 * Lets {@link stopListening} end each connection with its answer, so that nobody sends a request into one that is
 * about to close.
 */
export function endConnectionsWhenDraining(app: FastifyInstance): void {
  const draining = { isBegun: false }
  app.decorate('draining', draining)
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining.isBegun) reply.header('connection', 'close')
    done(null, payload)
  })
}

/**
 * Stops accepting, and waits for the requests under way; those that have not finished after a while are cut off. Before
 * that, for a moment, every answer ends its connection, so that connections in use end without a reset.
 */
export async function stopListening(app: FastifyInstance): Promise<void> {
  app.draining.isBegun = true
  if (await hasConnections(app)) await wait(settling)
  // Otherwise a connection whose request ends now would be kept open for another one. This runs after what has come in is
  // read: a late timer runs before that, and would reset connections on which a request waits.
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
