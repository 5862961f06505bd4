import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

/** A vendor's endpoint on a port of this machine, which answers as the test specifies. */
export interface VendorServer {
  url: string
  /** What was asked, in order. */
  requests: ReceivedRequest[]
  answer: RequestListener
  close(): Promise<void>
}

export async function startVendorServer(): Promise<VendorServer> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      vendor.requests.push({ method, path: url, headers, body: Buffer.concat(pieces).toString('utf8') })
      vendor.answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const vendor: VendorServer = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests: [],
    answer: (_, response) => response.writeHead(500).end(),
    close: () => stop(server),
  }
  return vendor
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

export function json(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): RequestListener {
  return (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

/** Milliseconds: long enough for a busy machine, where the answer is not to be that it took too long. */
export function patience(code: string): number {
  return code === 'VENDOR_TIMEOUT' ? 1_000 : 20_000
}

/** Ways in which an endpoint gives nothing of use, and the code of each, anyone who is asked. */
export const faults: readonly (readonly [name: string, code: string, answer: RequestListener])[] = [
  ['the connection ends at once', 'VENDOR_UNREACHABLE', (_, response) => void response.destroy()],
  [
    'the connection ends in the middle',
    'VENDOR_UNREACHABLE',
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{')
      setImmediate(() => response.destroy())
    },
  ],
  ['nothing comes', 'VENDOR_TIMEOUT', () => undefined],
  [
    'the answer does not end',
    'VENDOR_TIMEOUT',
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
  ],
  [
    'a redirect',
    'VENDOR_REDIRECT',
    (_, response) => void response.writeHead(302, { location: '/other' }).end(),
  ],
  [
    'a lasting redirect',
    'VENDOR_REDIRECT',
    (_, response) => void response.writeHead(308, { location: '/other' }).end(),
  ],
  ['500', 'VENDOR_STATUS', (_, response) => void response.writeHead(500).end('{}')],
  ['503, with a page', 'VENDOR_STATUS', (_, response) => void response.writeHead(503).end('<html>')],
  ['404', 'VENDOR_STATUS', json({}, { status: 404 })],
  ['a success without content', 'VENDOR_STATUS', (_, response) => void response.writeHead(204).end()],
  ['429', 'VENDOR_QUOTA', json({}, { status: 429 })],
  ['a page', 'VENDOR_NONSENSE', (_, response) => void response.end('<html>moved</html>')],
  ['nothing', 'VENDOR_NONSENSE', (_, response) => void response.end()],
  ['half an answer', 'VENDOR_NONSENSE', (_, response) => void response.end('{"entries":')],
  ['no UTF-8', 'VENDOR_NONSENSE', (_, response) => void response.end(Buffer.of(0x22, 0xff, 0x22))],
  ['null', 'VENDOR_NONSENSE', json(null)],
  ['a list', 'VENDOR_NONSENSE', json([])],
  ['an object of another shape', 'VENDOR_NONSENSE', json({ unexpected: [] })],
  [
    'an endless answer',
    'VENDOR_TOO_LARGE',
    (_, response) => {
      const piece = Buffer.alloc(65_536, ' ')
      const more = () => {
        while (!response.destroyed && response.write(piece));
      }
      response.on('drain', more)
      more()
    },
  ],
]
