import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Decision, Guard, JudgedRequest } from '@assay/guard'
import { protect, protectUpgrade } from '@assay/guard/node'
import { execute, graphql, subscribe, validate } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { WebSocketServer, type WebSocket } from 'ws'
import { guardOf, type GuardedApiOptions } from './guarded.ts'
import type { RunningApi } from './listening.ts'
import { startGrpc } from './live/grpc.ts'
import { shop } from './live/graphql-shop.ts'

/** What the guard saw of one request, and the code with which it refused it. */
export interface SeenRequest extends JudgedRequest {
  readonly code: string | null
}

/** What apps are made of besides requests and answers, behind the guard. */
export interface LiveApi extends RunningApi {
  /** Base URL of the gRPC server, HTTP/2 without TLS. */
  readonly grpcUrl: string
  /** Oldest first. */
  readonly seen: readonly SeenRequest[]
}

/** Paths of the live API. */
export const liveRoutes = {
  /** WebSocket: the handshake is judged. It sends every message back. */
  feed: '/v1/feed',
  /** GraphQL: queries by `POST`, subscriptions by WebSocket, whose handshake is judged. */
  graphql: '/graphql',
  /** Subscriptions of pages: the first message is judged in place of the handshake. */
  pages: '/graphql/pages',
  /** gRPC, unary. */
  grpc: '/shop.Orders/List',
} as const

type LiveApiOptions = Pick<GuardedApiOptions, 'issuer' | 'apps' | 'tiers' | 'audience'>

/** An API with WebSocket, GraphQL and gRPC, each behind the guard. */
export async function startLiveApi(options: LiveApiOptions): Promise<LiveApi> {
  const seen: SeenRequest[] = []
  const note = (decision: Decision, request: JudgedRequest) =>
    void seen.push({ ...request, code: decision.ok ? null : decision.code })
  const guardAt = (url: string) => guardOf({ ...options, replayStore: undefined }, url, note)
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const guard = guardAt(url)
  server.on('request', protect(guard, answerGraphql))
  const sockets = new WebSocketServer({ noServer: true, handleProtocols })
  const accept = (
    request: IncomingMessage,
    socket: Parameters<typeof sockets.handleUpgrade>[1],
    head: Buffer,
  ) => sockets.handleUpgrade(request, socket, head, (opened) => serveSocket(opened, request, guard))
  const guarded = protectUpgrade(guard, accept)
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    if (request.url === liveRoutes.pages) return accept(request, socket, head)
    guarded(request, socket, head)
  })
  const grpc = await startGrpc(guardAt)
  return {
    url,
    grpcUrl: grpc.url,
    seen,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await Promise.all([grpc.close(), new Promise((resolve) => server.close(resolve))])
    },
  }
}

async function answerGraphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const { query } = queryIn(Buffer.concat(parts).toString())
  const result = await graphql({ schema: shop, source: query })
  response.setHeader('Content-Type', 'application/graphql-response+json').end(JSON.stringify(result))
}

function queryIn(body: string): { query: string } {
  try {
    return JSON.parse(body) as { query: string }
  } catch {
    // GraphQL's own answer to it is an error.
    return { query: '' }
  }
}

function serveSocket(socket: WebSocket, request: IncomingMessage, guard: Guard): void {
  if (request.url === liveRoutes.feed)
    return void socket.on('message', (data) => socket.send((data as Buffer).toString()))
  const isPage = request.url === liveRoutes.pages
  const subscriptions = makeServer({
    schema: shop,
    // Those of this module: a loader may give the library another copy, which takes no schema of this one.
    ...{ execute, subscribe, validate },
    // A refusal ends the connection with 4403 (Forbidden).
    onConnect: ({ connectionParams }) => !isPage || isAdmitted(guard, request, connectionParams),
  })
  const closed = subscriptions.opened(
    {
      protocol: socket.protocol,
      send: (data) => new Promise((resolve) => socket.send(data, () => resolve())),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) =>
        socket.on('message', (data) => {
          take((data as Buffer).toString()).catch(() => socket.close(CloseCode.InternalServerError))
        }),
    },
    {},
  )
  socket.once('close', (code, reason) => void closed(code, reason.toString()))
}

/** The first message holds what a handshake would have as fields. */
async function isAdmitted(guard: Guard, request: IncomingMessage, message: unknown): Promise<boolean> {
  const fields = Object.entries(Object(message) as object).filter(([, value]) => typeof value === 'string')
  const headers = Object.fromEntries(fields) as Record<string, string>
  return (await guard.verify({ method: 'GET', url: request.url ?? '', headers })).ok
}
