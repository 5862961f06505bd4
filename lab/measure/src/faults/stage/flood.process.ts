import { connect, type Socket } from 'node:net'

/** One request of a flood; a POST with a body by default. */
export interface FloodRequest {
  readonly method?: string
  readonly path: string
  /** Besides those of a body. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The work of the senders of a flood. */
export interface FloodConfig {
  readonly url: string
  /** Connections open at once. */
  readonly connections: number
  /** Number of /24 networks that they use in turn: `127.1.N.1`. */
  readonly networks: number
  /** Requests, sent in turn. */
  readonly requests: readonly FloodRequest[]
  /**
   * Requests a second of all connections together, whatever the answers. If every connection waits for an answer, the request
   * counts as sent. Undefined: each connection sends the next request as soon as it has the last answer.
   */
  readonly perSecond?: number
}

/** Counts so far. */
export interface FloodCount {
  /** Connections that have been answered and are open. */
  readonly open: number
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>
  /** Connections that the service closed. */
  readonly closed: number
  /** Requests, including those for which no connection was free. */
  readonly offered: number
  /** How often each value of `Retry-After` came with 429 and 503; `none` if it was missing. */
  readonly retryAfter: Readonly<Record<string, number>>
}

const {
  url,
  connections,
  networks,
  requests: asked,
  perSecond,
} = JSON.parse(process.argv[2] as string) as FloodConfig
const { hostname, port } = new URL(url)
const requests = asked.map(({ method = 'POST', path, headers = {}, body }) => {
  const ofBody =
    body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }
  const fields = Object.entries({ Host: hostname, ...headers, ...ofBody }).map((field) => field.join(': '))
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...fields, '', body ?? ''].join('\r\n'))
})
const answers: Record<string, number> = {}
let open = 0
let closed = 0
let sent = 0
const retryAfter: Record<string, number> = {}
/** Connections, and the number of unanswered requests on each. */
const unanswered = new Map<Socket, number>()

/** Milliseconds within which the connections are opened, one by one. */
const connectWithin = 1_500

function start(number: number): void {
  const localAddress = `127.1.${number % networks}.1`
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  let buffered = ''
  let isAnswered = false
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.once('connect', () => {
    unanswered.set(socket, 0)
    send(socket)
  })
  socket.on('data', (chunk: string) => {
    buffered += chunk
    for (;;) {
      const head = buffered.indexOf('\r\n\r\n')
      if (head === -1) return
      const length = Number(/content-length: (\d+)/i.exec(buffered.slice(0, head))?.[1] ?? 0)
      if (buffered.length < head + 4 + length) return
      note(buffered.slice(0, head))
      if (!isAnswered) open++
      isAnswered = true
      unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1)
      buffered = buffered.slice(head + 4 + length)
      if (perSecond === undefined) send(socket)
    }
  })
  socket.on('error', () => undefined)
  socket.once('close', () => {
    unanswered.delete(socket)
    closed++
    if (isAnswered) open--
    setTimeout(() => start(number), 200)
  })
}

function note(head: string): void {
  const status = head.slice(9, 12)
  answers[status] = (answers[status] ?? 0) + 1
  if (status !== '503' && status !== '429') return
  const after = /retry-after: (\d+)/i.exec(head)?.[1] ?? 'none'
  retryAfter[after] = (retryAfter[after] ?? 0) + 1
}

function send(socket: Socket): void {
  unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1)
  socket.write(requests[sent++ % requests.length] as Buffer)
}

/** Sends requests on the connections in turn. If all of them wait for answers, the request is not sent but counts. */
function sendAtRate(rate: number): void {
  const [began, before] = [performance.now(), sent]
  let sweep = unanswered.entries()
  setInterval(() => {
    const due = before + ((performance.now() - began) / 1000) * rate
    while (sent < due) {
      let next = sweep.next()
      if (next.done === true) next = (sweep = unanswered.entries()).next()
      if (next.done === true || next.value[1] > 0) sent++
      else send(next.value[0])
    }
  }, 5)
}

for (let number = 0; number < connections; number++)
  setTimeout(() => start(number), (number / connections) * connectWithin)
if (perSecond !== undefined) setTimeout(sendAtRate, connectWithin, perSecond)
setInterval(
  () => process.send?.({ open, answers, closed, offered: sent, retryAfter } satisfies FloodCount),
  200,
)
process.once('disconnect', () => process.exit(0))
