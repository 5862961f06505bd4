import { connect, type Socket } from 'node:net'

/** What the senders of a flood do: each sends the next request as soon as the last one is answered. */
export interface FloodConfig {
  readonly url: string
  /** Connections open at once. */
  readonly connections: number
  /** /24 networks that they come from, in turn: `127.1.N.1`. */
  readonly networks: number
  readonly path: string
  /** In turn. */
  readonly bodies: readonly string[]
}

/** So far. */
export interface FloodCount {
  /** Connections that have been answered and are open. */
  readonly open: number
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>
  /** Connections that the service closed. */
  readonly closed: number
}

const { url, connections, networks, path, bodies } = JSON.parse(process.argv[2] as string) as FloodConfig
const { hostname, port } = new URL(url)
const requests = bodies.map((body) =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  ),
)
const answers: Record<string, number> = {}
let open = 0
let closed = 0
let sent = 0

function start(number: number): void {
  const localAddress = `127.1.${number % networks}.1`
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  let buffered = ''
  let isAnswered = false
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.once('connect', () => send(socket))
  socket.on('data', (chunk: string) => {
    buffered += chunk
    const head = buffered.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = Number(/content-length: (\d+)/i.exec(buffered.slice(0, head))?.[1] ?? 0)
    if (buffered.length < head + 4 + length) return
    const status = buffered.slice(9, 12)
    answers[status] = (answers[status] ?? 0) + 1
    if (!isAnswered) open++
    isAnswered = true
    buffered = buffered.slice(head + 4 + length)
    send(socket)
  })
  socket.on('error', () => undefined)
  socket.once('close', () => {
    closed++
    if (isAnswered) open--
    setTimeout(() => start(number), 200)
  })
}

function send(socket: Socket): void {
  socket.write(requests[sent++ % requests.length] as Buffer)
}

for (let number = 0; number < connections; number++)
  setTimeout(() => start(number), (number / connections) * 1500)
setInterval(() => process.send?.({ open, answers, closed } satisfies FloodCount), 200)
process.once('disconnect', () => process.exit(0))
