import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { Dispatcher } from 'undici'
import { filterAnswer } from '../answer/fields.ts'
import { createStrip } from '../answer/strip.ts'
import { problemOf, type OwnAnswer, type ProxyCode } from '../faults/problem.ts'
import type { Reservation } from '../meter/meter.ts'
import { BodyTooLarge, streamOf } from '../request/read-body.ts'
import type { Route } from '../routes/route.ts'
import { TookTooLong, upstreamFaultOf } from '../upstream/upstreams.ts'
import { upstreamFields } from '../upstream/upstream-request.ts'
import type { JudgedRequest } from './judge-request.ts'
import type { Exchange, ProxyParts } from './proxy-parts.ts'
import { sendOwn } from './send-own.ts'

/** What became of a request that was sent on, or could not be. */
export type Forwarded = Pick<Exchange, 'code' | 'detail' | 'status' | 'upstream' | 'end' | 'echoed'>

export interface Forwarding {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly judged: JudgedRequest
  readonly reservation: Reservation
  /** Undefined: the body is sent as it comes. */
  readonly bodyText: string | undefined
  /** Fires when the caller has left or the time is over. */
  readonly signal: AbortSignal
}

/** Sends an admitted request to its upstream, and the answer back, piece by piece. Ends the reservation. */
export async function forward(parts: ProxyParts, forwarding: Forwarding): Promise<Forwarded> {
  const { request, response, judged, reservation, signal } = forwarding
  const refused = (
    code: ProxyCode,
    how: 'cut' | 'not_sent',
    upstream: Exchange['upstream'] = null,
  ): Forwarded => {
    reservation.end(how)
    const answer: OwnAnswer = problemOf(code, judged.headers)
    sendOwn(request, response, answer)
    return { code, detail: null, status: answer.status, upstream, end: 'complete', echoed: [] }
  }
  const { route } = judged.served
  const began = parts.clock()
  let answered: Dispatcher.ResponseData
  try {
    answered = await parts.upstreams.request(upstreamRequest(forwarding))
  } catch (error) {
    if (error instanceof BodyTooLarge) return refused('PROXY_BODY_TOO_LARGE', 'cut')
    const isGone = signal.aborted && !(signal.reason instanceof TookTooLong)
    const { code, isSent } = upstreamFaultOf(signal.reason instanceof TookTooLong ? signal.reason : error)
    if (!isGone) return refused(code, isSent ? 'cut' : 'not_sent')
    reservation.end('cut')
    return { code: null, detail: null, status: null, upstream: null, end: 'cut', echoed: [] }
  }
  const upstream = { status: answered.statusCode, milliseconds: parts.clock() - began }
  const fault = faultOf(route, answered)
  if (fault !== undefined) {
    // The connection goes with what is left of the answer.
    answered.body.on('error', () => undefined).destroy()
    return refused(fault, 'cut', upstream)
  }
  return { upstream, ...(await passOn(forwarding, answered)) }
}

function upstreamRequest({
  request,
  judged,
  reservation,
  bodyText,
  signal,
}: Forwarding): Dispatcher.RequestOptions {
  const { route, passesField } = judged.served
  const needsIdentity = route.answers.strips || reservation.readsBody
  const passes = needsIdentity ? passesField.identity : passesField.any
  return {
    origin: route.upstream.origin,
    path: judged.upstreamPath,
    method: request.method ?? 'GET',
    headers: upstreamFields(route, request.rawHeaders, {
      passes,
      needsIdentity,
      hasNewBody: bodyText !== undefined,
    }),
    body: bodyText ?? (judged.bodyLength === 0 ? null : streamOf(request, route.mostBodyBytes)),
    headersTimeout: route.time.answer,
    bodyTimeout: route.time.idle,
    signal,
  }
}

const redirects = new Set([301, 302, 303, 307, 308])

function faultOf(
  { answers }: Route,
  { statusCode, headers }: Dispatcher.ResponseData,
): 'PROXY_UPSTREAM_REDIRECT' | 'PROXY_UPSTREAM_ENCODING' | undefined {
  if (redirects.has(statusCode) && !answers.passesRedirects) return 'PROXY_UPSTREAM_REDIRECT'
  const encoding = headers['content-encoding']
  if (answers.strips && encoding !== undefined && encoding !== 'identity') return 'PROXY_UPSTREAM_ENCODING'
  return undefined
}

async function passOn(
  { response, judged, reservation }: Forwarding,
  { statusCode, headers, body }: Dispatcher.ResponseData,
): Promise<Omit<Forwarded, 'upstream'>> {
  const { route } = judged.served
  const spellings = spellingsOf(route)
  const passed = filterAnswer(headers, {
    keepsCookies: route.keepsCookies,
    cacheControl: route.answers.cacheControl,
    injectedParameters: route.injected.query.map(({ name }) => name),
    spellings,
    changesBody: route.answers.strips,
  })
  reservation.answered(statusCode, headers)
  if (reservation.readsBody) body.on('data', (piece: Buffer) => reservation.read(piece))
  response.writeHead(statusCode, {
    ...passed.headers,
    ...reservation.headers,
    ...own(judged, passed.headers),
  })
  // A stream of events may begin long before its first one; most other answers have a piece by then.
  setImmediate(() => response.flushHeaders())
  let isUpstreamBroken = false
  body.once('error', () => (isUpstreamBroken = !response.destroyed))
  const isCut = await new Promise<boolean>((resolve) => {
    const ended = (error: Error | null | undefined) => resolve(error !== null && error !== undefined)
    if (route.answers.strips) pipeline(body, createStrip(spellings), response, ended)
    else pipeline(body, response, ended)
  })
  reservation.end(isCut ? 'cut' : 'complete')
  return {
    code: isCut && isUpstreamBroken ? 'PROXY_UPSTREAM_BROKEN' : null,
    detail: null,
    status: statusCode,
    end: isCut ? 'cut' : 'complete',
    echoed: passed.echoed,
  }
}

/** `Vary` is a list to which both sides add. */
function own({ headers }: JudgedRequest, passed: Readonly<Record<string, string | string[]>>) {
  const { Vary: vary, ...rest } = headers
  const other = passed['vary']
  if (vary === undefined) return rest
  return { ...rest, vary: other === undefined ? vary : `${[other].flat().join(', ')}, ${vary}` }
}

export function spellingsOf({ injected }: Route): string[] {
  return [...injected.fields, ...injected.query].flatMap(({ secret }) => secret.spellings)
}
