import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GooglePlay } from './play-integrity.ts'

/** `POST /v1/{package}:decodeIntegrityToken` of the Play Integrity API. */
export interface PlayEndpoint {
  /** Calls that are left of the quota. Default: Google's, 10,000. */
  quota: number
  /** How often it was asked. */
  readonly asked: number
  respond(request: IncomingMessage, response: ServerResponse): Promise<void>
}

interface Answer {
  status: number
  body: unknown
}

export function createPlayEndpoint(play: GooglePlay | undefined): PlayEndpoint {
  let asked = 0
  const endpoint: PlayEndpoint = {
    quota: 10_000,
    get asked() {
      return asked
    },
    async respond(request, response) {
      asked += 1
      const { status, body } = await answer(request, endpoint, play)
      response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
      response.end(JSON.stringify(body))
    },
  }
  return endpoint
}

async function answer(
  request: IncomingMessage,
  endpoint: PlayEndpoint,
  play: GooglePlay | undefined,
): Promise<Answer> {
  const body = await jsonOf(request)
  if (!/^Bearer \S+$/.test(request.headers.authorization ?? '')) return failure(401, 'UNAUTHENTICATED')
  if (endpoint.quota < 1) return failure(429, 'RESOURCE_EXHAUSTED')
  endpoint.quota -= 1
  const { pathname } = new URL(request.url ?? '', 'http://localhost')
  const name = decodeURIComponent(/^\/v1\/(.+):decodeIntegrityToken$/.exec(pathname)?.[1] ?? '')
  const { integrityToken: token } = (body ?? {}) as { integrityToken?: unknown }
  const verdict = typeof token === 'string' ? play?.decode(name, token) : undefined
  if (verdict === undefined) return failure(400, 'INVALID_ARGUMENT')
  return { status: 200, body: { tokenPayloadExternal: verdict } }
}

function failure(status: number, name: string): Answer {
  return { status, body: { error: { code: status, message: 'refused', status: name } } }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    return undefined
  }
}
