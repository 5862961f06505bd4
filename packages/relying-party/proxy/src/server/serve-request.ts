import type { IncomingMessage, ServerResponse } from 'node:http'
import { problemOf, type ProxyCode } from '../faults/problem.ts'
import type { JsonObject } from '@assay/protocol'
import { judgeBody } from '../request/json-body.ts'
import { valuesOf } from '../request/fields.ts'
import { BodyTooLarge, readBody } from '../request/read-body.ts'
import { ExchangeSignal } from '../upstream/exchange-signal.ts'
import { CallerLeft, TookTooLong } from '../upstream/upstreams.ts'
import { forward, type Forwarded } from './forward.ts'
import { judgeRequest, refusedBy, type JudgedRequest } from './judge-request.ts'
import type { Exchange, ProxyParts } from './proxy-parts.ts'
import { sendOwn } from './send-own.ts'

/** Serves a request: judges it, counts it, sends it on. Never rejects. */
export async function serveRequest(
  parts: ProxyParts,
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<void> {
  try {
    parts.onExchange(await exchangeOf(parts, request, response, expectsContinue))
  } catch (fault) {
    parts.onFault(fault)
    sendOwn(request, response, problemOf('PROXY_FAILED'))
  }
}

async function exchangeOf(
  parts: ProxyParts,
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<Exchange> {
  const judged = await judgeRequest(parts, request, false)
  const { method = '' } = request
  if (!judged.ok) {
    const { answer, code, detail, route, path } = judged
    sendOwn(request, response, answer)
    return { method, path, route, installation: null, ...unsent(code, answer.status, detail) }
  }
  const { caller, served, target } = judged
  const known = { method, path: target.path, route: served.route.name, installation: caller.installation }
  // Whoever left while it was judged has asked for nothing.
  if (response.destroyed) return { ...known, ...gone }
  const signal = new ExchangeSignal()
  const timer = setTimeout(() => signal.abort(new TookTooLong()), served.route.time.total)
  response.once('close', () => {
    if (!response.writableFinished) signal.abort(new CallerLeft())
  })
  try {
    if (expectsContinue) response.writeContinue()
    return { ...known, ...(await countAndForward(parts, request, response, judged, signal)) }
  } finally {
    clearTimeout(timer)
  }
}

/** Nothing of it reached the upstream. */
function unsent(code: string | null, status: number, detail: string | null = null): Forwarded {
  return { code, detail, status, upstream: null, end: 'complete', echoed: [] }
}

/** The caller left, or the time was over, before anything was sent on. */
const gone: Forwarded = { code: null, detail: null, status: null, upstream: null, end: 'cut', echoed: [] }

async function countAndForward(
  parts: ProxyParts,
  request: IncomingMessage,
  response: ServerResponse,
  judged: JudgedRequest,
  signal: ExchangeSignal,
): Promise<Forwarded> {
  const refuse = (code: ProxyCode): Forwarded => {
    const answer = problemOf(code, judged.headers)
    sendOwn(request, response, answer)
    return unsent(code, answer.status)
  }
  const body = await bodyOf(request, judged, signal)
  if (!body.ok) return refuse(body.code)
  const reservation = await parts.meter.reserve({
    route: judged.served.route.name,
    caller: judged.caller,
    address: judged.address,
    request: judged.guardRequest,
    body: body.value,
  })
  if (!reservation.ok) {
    const { answer, code, detail } = refusedBy(reservation, judged.headers)
    sendOwn(request, response, answer)
    return unsent(code, answer.status, detail)
  }
  if (signal.aborted) {
    reservation.end('not_sent')
    return gone
  }
  return forward(parts, { request, response, judged, reservation, body: body.sent, signal })
}

type RouteBody =
  | { readonly ok: true; readonly value?: JsonObject; readonly sent: string | Buffer | undefined }
  | { readonly ok: false; readonly code: ProxyCode }

/** Bytes of a body that is read before it is sent: most have come with the head, and cost less so. */
const smallBody = 16 * 1024

/** The body, where the route demands something of it, or where it is small; otherwise it is sent as it comes. */
async function bodyOf(
  request: IncomingMessage,
  { served: { route }, bodyLength }: JudgedRequest,
  signal: ExchangeSignal,
): Promise<RouteBody> {
  const { json, mostBodyBytes } = route
  const isSmall = bodyLength !== undefined && bodyLength <= smallBody
  if (json === undefined && (bodyLength === 0 || !isSmall)) return { ok: true, sent: undefined }
  if (json !== undefined && !isPlainJson(request.rawHeaders)) return { ok: false, code: 'PROXY_BODY_TYPE' }
  let bytes: Buffer
  try {
    bytes = await readBody(request, mostBodyBytes, signal)
  } catch (error) {
    return {
      ok: false,
      code: error instanceof BodyTooLarge ? 'PROXY_BODY_TOO_LARGE' : 'PROXY_BODY_INCOMPLETE',
    }
  }
  if (json === undefined) return { ok: true, sent: bytes }
  const judged = judgeBody(bytes, json)
  return judged.ok ? { ok: true, value: judged.value, sent: judged.text } : judged
}

function isPlainJson(rawHeaders: readonly string[]): boolean {
  const types = valuesOf(rawHeaders, 'content-type')
  return (
    types.length === 1 &&
    /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(types[0] as string) &&
    valuesOf(rawHeaders, 'content-encoding').length === 0
  )
}
