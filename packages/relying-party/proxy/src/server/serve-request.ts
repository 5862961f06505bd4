import type { IncomingMessage, ServerResponse } from 'node:http'
import { problemOf, type ProxyCode } from '../faults/problem.ts'
import type { JsonObject } from '@assay/protocol'
import { judgeBody } from '../request/json-body.ts'
import { valuesOf } from '../request/fields.ts'
import { readBody } from '../request/read-body.ts'
import { ExchangeSignal } from '../upstream/exchange-signal.ts'
import { CallerLeft, TookTooLong } from '../upstream/upstreams.ts'
import type { MeterAnswer, OpenedCall, Reservation } from '../meter/meter.ts'
import type { JsonRule } from '../routes/route.ts'
import { forward, type Forwarded, type SentBody } from './forward.ts'
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
  // A caller who left while it was judged is charged nothing.
  if (response.destroyed) return { ...known, ...gone }
  const signal = new ExchangeSignal()
  const timer = setTimeout(() => signal.abort(new TookTooLong()), served.route.time.total)
  response.once('close', () => {
    if (!response.writableFinished) signal.abort(new CallerLeft())
  })
  const goOn = () => {
    if (expectsContinue && !response.destroyed) response.writeContinue()
  }
  try {
    return { ...known, ...(await countAndForward(parts, request, response, { judged, signal, goOn })) }
  } finally {
    clearTimeout(timer)
  }
}

/** Nothing of it reached the upstream. */
function unsent(code: string | null, status: number, detail: string | null = null): Forwarded {
  return { code, detail, status, upstream: null, end: 'complete', echoed: [], charged: null }
}

/** The caller left, or the time was over, before anything was sent on. */
const gone: Forwarded = {
  code: null,
  detail: null,
  status: null,
  upstream: null,
  end: 'cut',
  echoed: [],
  charged: null,
}

interface Serving {
  readonly judged: JudgedRequest
  readonly signal: ExchangeSignal
  /** Lets the body come, where the caller waits for that. */
  readonly goOn: () => void
}

async function countAndForward(
  parts: ProxyParts,
  request: IncomingMessage,
  response: ServerResponse,
  { judged, signal, goOn }: Serving,
): Promise<Forwarded> {
  const refuse = (code: ProxyCode, member?: string): Forwarded => {
    const answer = problemOf(code, judged.headers, member)
    sendOwn(request, response, answer)
    return unsent(code, answer.status, member ?? null)
  }
  const refuseBy = (refusal: Exclude<MeterAnswer, Reservation>): Forwarded => {
    const { answer, code, detail } = refusedBy(refusal, judged.headers)
    sendOwn(request, response, answer)
    return unsent(code, answer.status, detail)
  }
  const { caller, address, guardRequest, served, bodyLength } = judged
  const { json, mostBodyBytes, name } = served.route
  const call: OpenedCall = { route: name, caller, address, request: guardRequest }
  const isSmall = bodyLength !== undefined && bodyLength <= smallBody
  const isRead = json !== undefined || (isSmall && bodyLength > 0)
  if (json !== undefined && !isPlainJson(request.rawHeaders)) return refuse('PROXY_BODY_TYPE')
  // Before a large body comes, its proof is used and its stream taken: otherwise it would be held for nothing.
  const opening = isRead && !isSmall ? await parts.meter.open(call) : undefined
  if (opening?.ok === false) return refuseBy(opening)
  const held = parts.bodies.open(caller.installation)
  try {
    if (signal.aborted) {
      opening?.close()
      return gone
    }
    let body: SentBody = { bytes: undefined }
    let reserving = undefined
    if (isRead) {
      goOn()
      const read = await readBody(request, { most: mostBodyBytes, length: bodyLength, held, signal })
      const judgedBody = typeof read === 'string' ? { ok: false as const, code: read } : judgeRead(read, json)
      if (!judgedBody.ok) {
        opening?.close()
        return refuse(judgedBody.code, judgedBody.member)
      }
      body = judgedBody
      const { value, size } = judgedBody
      reserving =
        opening?.reserve(value, size) ?? parts.meter.reserve({ ...call, body: value, bodyBytes: size })
      // The parsed value is not needed any more, and takes many times its length.
      delete judgedBody.value
    }
    const reservation = await (reserving ?? parts.meter.reserve(call))
    if (!reservation.ok) return refuseBy(reservation)
    if (signal.aborted) {
      reservation.end('not_sent')
      return gone
    }
    if (!isRead) goOn()
    return await forward(parts, { request, response, judged, reservation, body, held, signal })
  } finally {
    held.release()
  }
}

/** Bytes of a body that is read before it is sent: most have come with the head, and cost less so. */
const smallBody = 16 * 1024

/** A body that was read whole. */
interface ReadBody extends SentBody {
  readonly ok: true
  value?: JsonObject | undefined
  readonly size: number
}

function judgeRead(
  bytes: Buffer,
  json: JsonRule | undefined,
): ReadBody | { readonly ok: false; readonly code: ProxyCode; readonly member?: string } {
  if (json === undefined) return { ok: true, bytes, size: bytes.length }
  const judged = judgeBody(bytes, json)
  if (!judged.ok) return judged
  const sent = Buffer.from(judged.text)
  return { ok: true, value: judged.value, bytes: sent, size: Math.max(bytes.length, sent.length) }
}

function isPlainJson(rawHeaders: readonly string[]): boolean {
  const types = valuesOf(rawHeaders, 'content-type')
  return (
    types.length === 1 &&
    /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(types[0] as string) &&
    valuesOf(rawHeaders, 'content-encoding').length === 0
  )
}
