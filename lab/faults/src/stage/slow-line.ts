import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

/** Between a database server and its clients: everything that goes over it comes later. */
export interface SlowLine {
  readonly connectionString: string
  /** @param each milliseconds that each way takes, from now on */
  setDelay(each: number): void
  /** Breaks off what is open. */
  close(): void
}

/** @param target path of the server's socket */
export async function layLine(target: string): Promise<SlowLine> {
  let delay = 0
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target)
    const sides = [client, upstream] as const
    for (const [from, to] of [sides, [upstream, client]] as const) {
      open.add(from)
      from.on('error', () => undefined)
      inOrder(from, to, () => delay)
      from.once('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    connectionString: `postgresql://assay@127.0.0.1:${port}/postgres`,
    setDelay: (each) => void (delay = each),
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

/** What was sent first arrives first, also where the delay has become less since. */
function inOrder(from: Socket, to: Socket, delay: () => number): void {
  let last = Promise.resolve()
  from.on('data', (chunk) => {
    const due = performance.now() + delay()
    last = last.then(
      () =>
        new Promise((resolve) => {
          setTimeout(
            () => {
              to.write(chunk)
              resolve()
            },
            Math.max(0, due - performance.now()),
          )
        }),
    )
  })
}
