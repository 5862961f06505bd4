import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Guard } from '@assay/guard'
import { toGuardRequest } from '@assay/guard/node'

/**
 * A gRPC server behind the guard, without TLS: every unary call is answered with its own message. A call that the guard refuses
 * gets the guard's own answer, whose status 401 or 403 clients report as `UNAUTHENTICATED` or `PERMISSION_DENIED`.
 */
export async function startGrpc(
  guardAt: (url: string) => Guard,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer()
  const sessions = new Set<Http2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const guard = guardAt(url)
  server.on('request', (request, response) => {
    serve(guard, request, response).catch(() => response.stream.close())
  })
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        for (const session of sessions) session.destroy()
        server.close(() => resolve())
      }),
  }
}

async function serve(
  guard: Guard,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
): Promise<void> {
  const decision = await guard.verify(toGuardRequest(request))
  for (const [name, value] of Object.entries(decision.headers)) response.setHeader(name, value)
  if (!decision.ok) {
    response.statusCode = decision.status
    return void response.end(JSON.stringify(decision.body))
  }
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  response.setHeader('content-type', 'application/grpc')
  response.addTrailers({ 'grpc-status': '0' })
  // A message with its prefix of five bytes, as it came.
  response.end(Buffer.concat(parts))
}
