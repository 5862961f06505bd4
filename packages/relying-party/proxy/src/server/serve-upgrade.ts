import { STATUS_CODES, type IncomingMessage } from 'node:http'
import { Transform, type Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { filterAnswer } from '../answer/fields.ts'
import { problemOf, type OwnAnswer } from '../faults/problem.ts'
import { ExchangeSignal } from '../upstream/exchange-signal.ts'
import { CallerLeft, TookTooLong, upstreamFaultOf } from '../upstream/upstreams.ts'
import { upstreamFields } from '../upstream/upstream-request.ts'
import { chargeOf, spellingsOf, type Forwarded } from './forward.ts'
import { judgeRequest, refusedBy, type JudgedRequest } from './judge-request.ts'
import type { Exchange, ProxyParts } from './proxy-parts.ts'

/** The types of the library leave out that a pool of several origins must be told which. */
type UpgradeOptions = Dispatcher.UpgradeOptions & { origin: string }

/** Serves an upgrade to WebSocket: one request, whose connection is bounded in time and bytes. Never rejects. */
export async function serveUpgrade(
  parts: ProxyParts,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on('error', () => socket.destroy())
  try {
    parts.onExchange(await exchangeOf(parts, request, socket, head))
  } catch (fault) {
    socket.destroy()
    parts.onFault(fault)
  }
}

async function exchangeOf(
  parts: ProxyParts,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<Exchange> {
  const judged = await judgeRequest(parts, request, true)
  const { method = '' } = request
  if (!judged.ok) {
    const { answer, code, detail, route, path } = judged
    sendHead(socket, answer)
    return { method, path, route, installation: null, ...unsent(code, answer.status, detail) }
  }
  const { caller, served, target } = judged
  const known = { method, path: target.path, route: served.route.name, installation: caller.installation }
  return { ...known, ...(await countAndJoin(parts, request, socket, head, judged)) }
}

function unsent(code: string | null, status: number, detail: string | null = null): Forwarded {
  return { code, detail, status, upstream: null, end: 'complete', echoed: [], charged: null }
}

/** The caller left before it was joined to the upstream. */
const gone: Forwarded = {
  code: null,
  detail: null,
  status: null,
  upstream: null,
  end: 'cut',
  echoed: [],
  charged: null,
}

async function countAndJoin(
  parts: ProxyParts,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  judged: JudgedRequest,
): Promise<Forwarded> {
  const { route, passesField } = judged.served
  const limits = route.upgrade
  const refuse = (answer: OwnAnswer, code: string | null, detail: string | null = null): Forwarded => {
    sendHead(socket, answer)
    return unsent(code, answer.status, detail)
  }
  if (limits === undefined) return refuse(problemOf('PROXY_UPGRADE', judged.headers), 'PROXY_UPGRADE')
  const reservation = await parts.meter.reserve({
    route: route.name,
    caller: judged.caller,
    address: judged.address,
    request: judged.guardRequest,
  })
  if (!reservation.ok) {
    const { answer, code, detail } = refusedBy(reservation, judged.headers)
    return refuse(answer, code, detail)
  }
  // It has closed already, and would not say so again.
  if (socket.destroyed) {
    reservation.end('not_sent')
    return gone
  }
  const signal = new ExchangeSignal()
  const timer = setTimeout(
    () => signal.abort(new TookTooLong()),
    Math.min(route.time.answer, limits.mostTime),
  )
  socket.once('close', () => signal.abort(new CallerLeft()))
  const began = parts.clock()
  let joined: Dispatcher.UpgradeData
  try {
    const fields = { passes: passesField.any, needsIdentity: false, newLength: undefined }
    const options: UpgradeOptions = {
      origin: route.upstream.origin,
      path: judged.upstreamPath,
      method: 'GET',
      protocol: 'websocket',
      headers: upstreamFields(route, request.rawHeaders, fields),
      signal,
    }
    joined = await parts.upstreams.upgrade(options)
  } catch (error) {
    const { code, isSent } = upstreamFaultOf(signal.reason ?? error)
    reservation.end(isSent ? 'cut' : 'not_sent')
    if (signal.reason instanceof CallerLeft) return gone
    return refuse(problemOf(code, judged.headers), code)
  } finally {
    clearTimeout(timer)
  }
  const upstream = { status: 101, milliseconds: parts.clock() - began }
  const passed = filterAnswer(joined.headers, {
    keepsCookies: route.keepsCookies,
    dropped: route.answers.dropped,
    cacheControl: undefined,
    injectedParameters: [],
    spellings: spellingsOf(route),
    changesBody: true,
  })
  reservation.answered(101, joined.headers)
  const fields = { ...passed.headers, ...judged.headers, Upgrade: 'websocket', Connection: 'Upgrade' }
  socket.write(headText(101, fields))
  const isCut = await join(socket, joined.socket, head, limits)
  const charged = chargeOf(judged.served, reservation.end('cut'))
  return {
    charged,
    code: null,
    detail: null,
    status: 101,
    upstream,
    end: isCut ? 'cut' : 'complete',
    echoed: passed.echoed,
  }
}

/** Passes bytes both ways until either side ends, or the limits are reached. @returns whether a limit ended it */
async function join(
  caller: Duplex,
  upstream: Duplex,
  head: Buffer,
  { mostTime, mostBytes }: { mostTime: number; mostBytes: number },
): Promise<boolean> {
  let left = mostBytes - head.length
  let isLimit = false
  const end = () => {
    caller.destroy()
    upstream.destroy()
  }
  const limited = () =>
    new Transform({
      transform(piece: Buffer, _encoding, done) {
        left -= piece.length
        if (left >= 0) return done(null, piece)
        isLimit = true
        done(new Error('more bytes than the route allows'))
      },
    }).on('error', end)
  const timer = setTimeout(() => {
    isLimit = true
    end()
  }, mostTime)
  const closed = Promise.all(
    [caller, upstream].map((side) => new Promise<void>((resolve) => side.once('close', resolve))),
  )
  for (const side of [caller, upstream]) side.on('error', end).once('close', end)
  if (left >= 0) upstream.write(head)
  caller.pipe(limited()).pipe(upstream)
  upstream.pipe(limited()).pipe(caller)
  await closed
  clearTimeout(timer)
  return isLimit
}

function sendHead(socket: Duplex, { status, headers, body }: OwnAnswer): void {
  socket.once('finish', () => socket.destroy())
  const fields = { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' }
  socket.end(headText(status, fields) + body)
}

function headText(status: number, fields: Readonly<Record<string, string | string[]>>): string {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name}: ${each}`),
  )
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n')
}
