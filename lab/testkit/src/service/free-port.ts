import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

/**
 * Below those that Linux gives to connections on their way out (from 32,768), so that none of these takes it while a server
 * is away; so is the port 10,000 further up, by which a Valkey cluster talks.
 */
const range = [10_000, 22_000] as const

const mostAttempts = 100

/** A port of this machine that nobody listens on, for a server that is started on it again and again. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(...range)
    const server = net.createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch (error) {
      if (attempt < mostAttempts) continue
      throw error
    }
    server.close()
    await once(server, 'close')
    return port
  }
}
