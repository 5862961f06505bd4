import { once } from 'node:events'
import net, { type Socket } from 'node:net'

/** Where a server listens: a port of this machine, or the path of a socket. */
type Target = { readonly port: number; readonly host?: string } | { readonly path: string }

interface RelayOptions {
  readonly target: Target
  /** Default: `127.0.0.1`. */
  readonly host?: string
  /** Default: any free one. */
  readonly port?: number
}

/** A relay between a server and its clients. */
export interface Relay {
  readonly port: number
  /** Milliseconds by which all data is delayed, in both directions. */
  delay: number
  /** Stops all data in both directions; neither side is told. */
  cut(): void
  /** Lets data through again, including what has waited. */
  mend(): void
  close(): Promise<void>
}

export async function startRelay({ target, host = '127.0.0.1', port = 0 }: RelayOptions): Promise<Relay> {
  const sockets = new Set<Socket>()
  const left = new Set<Socket>()
  let isCut = false
  const server = net.createServer({ noDelay: true }, (client) => {
    const upstream = net.connect(target)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      if (isCut) socket.pause()
      const later = inTime(relay)
      socket.on('data', (chunk) => later(() => other.writable && other.write(chunk)))
      // A disconnect is dropped too.
      socket.once('end', () => (isCut ? left.add(other) : later(() => other.end())))
      socket.on('error', () => undefined)
      socket.once('close', () => {
        sockets.delete(socket)
        if (isCut) left.add(other)
        else other.destroy()
      })
    }
  })
  server.listen(port, host)
  await once(server, 'listening')
  const relay: Relay = {
    port: (server.address() as net.AddressInfo).port,
    delay: 0,
    cut() {
      isCut = true
      for (const socket of sockets) socket.pause()
    },
    mend() {
      isCut = false
      for (const socket of left) socket.destroy()
      left.clear()
      for (const socket of sockets) socket.resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return relay
}

/** Delays everything, in order, even if the delay changes. */
function inTime(relay: Pick<Relay, 'delay'>): (work: () => void) => void {
  let last = 0
  return (work) => {
    const now = performance.now()
    last = Math.max(last, now + relay.delay)
    if (last <= now) work()
    else setTimeout(work, last - now)
  }
}
