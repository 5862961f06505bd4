import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable, Transform, type Writable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { filterAnswer, type AnswerFields } from '../answer/fields.ts'
import { createStrip } from '../answer/strip.ts'
import { problemOf, type OwnAnswer, type ProxyCode } from '../faults/problem.ts'
import type { Reservation } from '../meter/meter.ts'
import type { HeldBody } from '../request/held-bodies.ts'
import { BodyTooLarge, sentOnce, streamOf } from '../request/read-body.ts'
import type { Route } from '../routes/route.ts'
import type { ExchangeSignal } from '../upstream/exchange-signal.ts'
import { CallerLeft, upstreamFaultOf } from '../upstream/upstreams.ts'
import { upstreamFields } from '../upstream/upstream-request.ts'
import type { JudgedRequest } from './judge-request.ts'
import type { Exchange, ProxyParts, ServedRoute } from './proxy-parts.ts'
import { sendOwn } from './send-own.ts'

/** The outcome of a request that was sent on, or could not be. */
export type Forwarded = Pick<
  Exchange,
  'code' | 'detail' | 'status' | 'upstream' | 'end' | 'echoed' | 'charged'
>

/** A body that was read; without bytes it is sent as it comes. They go when they are sent. */
export interface SentBody {
  bytes: Buffer | undefined
}

export interface Forwarding {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly judged: JudgedRequest
  readonly reservation: Reservation
  readonly body: SentBody
  readonly held: HeldBody
  /** Fires when the caller has left or the time is over. */
  readonly signal: ExchangeSignal
}

/** The state of the answer so far. */
interface Answered {
  upstream: Exchange['upstream']
  passing?: Passing
}

/** Sends an admitted request to its upstream, and the answer back, piece by piece. Ends the reservation. */
export async function forward(parts: ProxyParts, forwarding: Forwarding): Promise<Forwarded> {
  const { response, judged, reservation } = forwarding
  const answered: Answered = { upstream: null }
  const began = parts.clock()
  try {
    await parts.upstreams.stream(upstreamRequest(forwarding), ({ statusCode, headers }) => {
      answered.upstream = { status: statusCode, milliseconds: parts.clock() - began }
      const fault = faultOf(judged.served.route, statusCode, headers)
      // The connection goes with what is left of the answer.
      if (fault !== undefined) throw new UnusableAnswer(fault)
      answered.passing = passOn(forwarding, statusCode, headers)
      return answered.passing.sink
    })
  } catch (error) {
    if (answered.passing === undefined) return unanswered(forwarding, error, answered.upstream)
  }
  const { ended, echoed, hasCallerLeft } = answered.passing as Passing
  await ended
  const isCut = !response.writableFinished
  const units = reservation.end(isCut ? 'cut' : 'complete')
  return {
    code: isCut && !hasCallerLeft() ? 'PROXY_UPSTREAM_BROKEN' : null,
    detail: null,
    status: response.statusCode,
    upstream: answered.upstream,
    end: isCut ? 'cut' : 'complete',
    echoed,
    charged: chargeOf(judged.served, units),
  }
}

export function chargeOf({ cost }: ServedRoute, units: number): Exchange['charged'] {
  if (cost === undefined) return null
  return { units, money: cost.price === undefined ? null : units * cost.price }
}

/** An answer that has begun, and is not passed on. */
class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer'
  readonly code: AnswerFault

  constructor(code: AnswerFault) {
    super('the answer of an upstream is not passed on')
    this.code = code
  }
}

/** Answers a request of whose answer nothing has been passed on. */
function unanswered(
  { request, response, judged, reservation, signal }: Forwarding,
  error: unknown,
  upstream: Exchange['upstream'],
): Forwarded {
  if (signal.reason instanceof CallerLeft) {
    const charged = chargeOf(judged.served, reservation.end('cut'))
    return { code: null, detail: null, status: null, upstream, end: 'cut', echoed: [], charged }
  }
  const { code, isSent } = faultBefore(signal.reason ?? error)
  const charged = chargeOf(judged.served, reservation.end(isSent ? 'cut' : 'not_sent'))
  const answer: OwnAnswer = problemOf(code, judged.headers)
  sendOwn(request, response, answer)
  return { code, detail: null, status: answer.status, upstream, end: 'complete', echoed: [], charged }
}

function faultBefore(error: unknown): { code: ProxyCode; isSent: boolean } {
  if (error instanceof BodyTooLarge) return { code: 'PROXY_BODY_TOO_LARGE', isSent: true }
  if (error instanceof UnusableAnswer) return { code: error.code, isSent: true }
  return upstreamFaultOf(error)
}

function upstreamRequest({
  request,
  judged,
  reservation,
  body,
  held,
  signal,
}: Forwarding): Dispatcher.RequestOptions {
  const { route, passesField } = judged.served
  const { bytes } = body
  const needsIdentity = route.answers.strips || reservation.readsBody
  const passes = needsIdentity ? passesField.identity : passesField.any
  return {
    origin: route.upstream.origin,
    path: judged.upstreamPath,
    method: request.method ?? 'GET',
    headers: upstreamFields(route, request.rawHeaders, {
      passes,
      needsIdentity,
      newLength: bytes?.length,
    }),
    body: bytes === undefined ? bodyAsItComes(request, judged) : bodyThatWasRead(body, bytes, held),
    headersTimeout: route.time.answer,
    bodyTimeout: route.time.idle,
    signal,
  }
}

function bodyAsItComes(request: IncomingMessage, { bodyLength, served }: JudgedRequest): Readable | null {
  return bodyLength === 0 ? null : streamOf(request, served.route.mostBodyBytes)
}

/** Bytes up to which a body is sent with the head: a larger one is forgotten when it has gone. */
const sentAtOnce = 16 * 1024

function bodyThatWasRead(body: SentBody, bytes: Buffer, held: HeldBody): Buffer | Readable {
  if (bytes.length > sentAtOnce) return Readable.from(sentOnce(body, held), { objectMode: false })
  held.release()
  return bytes
}

const redirects = new Set([301, 302, 303, 307, 308])

type AnswerFault = 'PROXY_UPSTREAM_REDIRECT' | 'PROXY_UPSTREAM_ENCODING'

function faultOf({ answers }: Route, status: number, fields: AnswerFields): AnswerFault | undefined {
  if (redirects.has(status) && !answers.passesRedirects) return 'PROXY_UPSTREAM_REDIRECT'
  const encoding = fields['content-encoding']
  if (answers.strips && encoding !== undefined && encoding !== 'identity') return 'PROXY_UPSTREAM_ENCODING'
  return undefined
}

/** An answer whose head has been sent. */
interface Passing {
  /** Takes the body. */
  readonly sink: Writable
  /** When the caller has got it all, or what was in between has ended. */
  readonly ended: Promise<void> | undefined
  readonly echoed: readonly string[]
  /** Whether it ended because the caller has left. */
  readonly hasCallerLeft: () => boolean
}

function passOn(
  { response, judged, reservation }: Forwarding,
  status: number,
  fields: AnswerFields,
): Passing {
  const { route } = judged.served
  const spellings = spellingsOf(route)
  const mayChallenge = isReadableRefusal(status, fields)
  const passed = filterAnswer(fields, {
    keepsCookies: route.keepsCookies,
    dropped: route.answers.dropped,
    cacheControl: route.answers.cacheControl,
    injectedParameters: route.injected.query.map(({ name }) => name),
    spellings,
    changesBody: route.answers.strips || mayChallenge,
  })
  reservation.answered(status, fields)
  response.writeHead(status, { ...passed.headers, ...reservation.headers, ...own(judged, passed.headers) })
  // A stream of events may begin long before its first one. Anything with a length has its head with its first piece.
  if (fields['content-length'] === undefined) setImmediate(() => response.flushHeaders())
  const between = [
    ...(reservation.readsBody ? [reader(reservation)] : []),
    ...(route.answers.strips ? [createStrip(spellings)] : []),
    ...(mayChallenge ? [createStrip(errorsOfAssay)] : []),
  ]
  const { echoed } = passed
  const [sink = response] = between
  let hasLeft = false
  // An upstream that breaks off ends the sink first, and the connection by that; a caller ends the connection first.
  response.prependOnceListener('close', () => (hasLeft = !response.writableFinished && !isErrored(sink)))
  const hasCallerLeft = () => hasLeft
  if (sink === response) return { sink, ended: undefined, echoed, hasCallerLeft }
  const ended = new Promise<void>((resolve) => {
    pipeline([...between, response], () => resolve())
  })
  return { sink, ended, echoed, hasCallerLeft }
}

/** By these, in a body, an authorization server asks the SDK to send a request again: an API behind must not. */
const errorsOfAssay = [
  'use_dpop_nonce',
  'use_attestation_challenge',
  'use_fresh_attestation',
  'invalid_client_attestation',
  'invalid_dpop_proof',
]

function isReadableRefusal(status: number, fields: AnswerFields): boolean {
  const [type, encoding] = [fields['content-type'], fields['content-encoding']]
  return status === 400 && /\bjson\b/i.test(String(type)) && (encoding ?? 'identity') === 'identity'
}

function isErrored({ errored }: Writable): boolean {
  return errored !== null && errored !== undefined
}

function reader(reservation: Reservation): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      reservation.read(piece)
      done(null, piece)
    },
  })
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
