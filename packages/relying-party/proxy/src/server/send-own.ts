import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OwnAnswer } from '../faults/problem.ts'

/** Bytes of a body that nobody reads, and that are let come so that the connection can be used again. */
const mostUnread = 64 * 1024

/** Answers a request that goes no further. Its body is not read. */
export function sendOwn(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: OwnAnswer,
): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const length = Number(request.headers['content-length'] ?? 0)
  const isUnread = request.headers['transfer-encoding'] !== undefined || length > mostUnread
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    ...(isUnread && !request.complete ? { Connection: 'close' } : {}),
  })
  response.end(body)
}
