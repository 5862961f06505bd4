import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Where it listens, as a URL without path. */
export function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Milliseconds that requests under way get to finish. */
const grace = 10_000

/** Stops accepting, and waits for the requests under way; what has not finished after a while is cut off. */
export async function stopListening(app: FastifyInstance): Promise<void> {
  // A connection whose request ends now would otherwise be kept open for a next one.
  const idle = setInterval(() => app.server.closeIdleConnections(), 20)
  const late = setTimeout(() => app.server.closeAllConnections(), grace)
  try {
    await app.close()
  } finally {
    clearInterval(idle)
    clearTimeout(late)
  }
}
