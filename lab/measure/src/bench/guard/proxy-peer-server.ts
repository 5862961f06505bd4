import { createServer, Agent, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * Both ends of a proxy, in a process of their own: the API behind it, and those who call through it. So the CPU time of the
 * process that measures is the proxy's alone.
 */

/** Calls through a proxy, one after the other on each of `lanes` connections. */
export interface PeerWork {
  readonly port: number
  readonly path: string
  /** Of each call: fields, and whether it reads its answer slowly. */
  readonly calls: readonly { readonly fields: Readonly<Record<string, string>>; readonly isSlow?: boolean }[]
  readonly lanes: number
}

const body = Buffer.alloc(1024, 'a')
const event = Buffer.from(`data: ${'e'.repeat(1016)}\n\n`)
const events = 1_000
const piece = Buffer.alloc(64 * 1024, 'l')
const pieces = 160
/** Milliseconds that a slow reader waits after each piece, for its first pieces. */
const pause = { milliseconds: 20, pieces: 20 }

const upstream = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    if (request.url === '/v1/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      return pour(response, event, events)
    }
    if (request.url === '/v1/large') return pour(response, piece, pieces)
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body)
  })
})

function pour(response: ServerResponse, text: Buffer, count: number): void {
  let left = count
  const more = () => {
    while (left > 0) {
      left -= 1
      if (!response.write(text)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

async function call(
  port: number,
  path: string,
  { fields, isSlow }: PeerWork['calls'][number],
): Promise<void> {
  const sent = send({
    port,
    path,
    method: 'POST',
    agent,
    headers: { ...fields, 'Content-Length': body.length },
  })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject)
    sent.end(body)
  })
  if (response.statusCode !== 200) throw new Error(`a call was answered with ${response.statusCode}`)
  let count = 0
  for await (const _ of response)
    if (isSlow === true && count++ < pause.pieces) await wait(pause.milliseconds)
}

async function carryOut({ port, path, calls, lanes }: PeerWork): Promise<void> {
  const left = [...calls]
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await call(port, path, next)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

process.on('message', (work: PeerWork) => {
  carryOut(work).then(
    () => process.send?.('done'),
    (error: unknown) => process.send?.(String(error)),
  )
})
process.once('disconnect', () => process.exit())
upstream.listen(0, '127.0.0.1', () => process.send?.((upstream.address() as AddressInfo).port))
