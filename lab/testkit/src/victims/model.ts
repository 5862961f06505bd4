import { createHash, timingSafeEqual } from 'node:crypto'
import { json } from 'node:stream/consumers'
import { startListening, type RunningApi } from './listening.ts'
import { secretHeader } from './embedded-secret.ts'

/** The one route of the model. */
export const modelRoute = '/v1/messages'

export interface Model extends RunningApi {
  /** Requests that it has carried out, each at its owner's cost. */
  readonly billed: () => number
}

/** What a request may ask for. */
interface ModelRequest {
  max_tokens?: number
  /** Whether the answer says what it cost, as models let their callers choose. */
  stream_options?: { include_usage?: boolean }
  /** Tokens that the answer takes; default: half of `max_tokens`. */
  takes?: number
  /** Whether it tells the caller what it was sent, as debugging does. */
  echoes?: boolean
  /** Whether it says something and then thinks until the caller has gone. */
  thinks?: boolean
}

/** A language model's API, played: it serves whoever has the key, streams its answer, and says at its end what it cost. */
export async function startModel(secret: string): Promise<Model> {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  let billed = 0
  const api = await startListening(() => (request, response) => {
    const key = request.headers[secretHeader]
    if (typeof key !== 'string' || !timingSafeEqual(digest(key), digest(secret)))
      return void response
        .writeHead(401, { 'Content-Type': 'application/json' })
        .end('{"code":"wrong_api_key"}')
    json(request).then(
      (body) => {
        billed += 1
        const {
          max_tokens = 100,
          takes = max_tokens / 2,
          echoes,
          thinks,
          stream_options,
        } = body as ModelRequest
        const debugging = echoes === true ? { 'X-Received-Key': key } : {}
        response.writeHead(200, { 'Content-Type': 'text/event-stream', ...debugging })
        if (echoes === true) response.write(`data: {"received":"${key}"}\n\n`)
        response.write('data: {"text":"well …"}\n\n')
        if (thinks === true) return
        if (stream_options?.include_usage !== false)
          response.write(`data: {"usage":{"total_tokens":${takes}}}\n\n`)
        response.end('data: [DONE]\n\n')
      },
      () => response.destroy(),
    )
  })
  return { ...api, billed: () => billed }
}
