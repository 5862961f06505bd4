import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { functionOf, guardOf, knownMembers, optionalFunction } from '../faults/misuse.ts'
import type { AdmittedRequest, Malfunction, Refusal } from '../guard/decision.ts'
import type { Guard } from '../guard/guard.ts'
import { type Rollout, type RolloutOptions, type Settle, settling, type Waiver } from '../guard/rollout.ts'
import { addFields, sendProblem, toGuardRequest } from './node-request.ts'

/** Handles a request that was admitted. It may be asynchronous. */
export type GuardedListener = (
  request: IncomingMessage,
  response: ServerResponse,
  assay: AdmittedRequest,
) => unknown

/** Under a rollout, handles admitted requests and those that are served nevertheless. */
export type RolloutListener = (
  request: IncomingMessage,
  response: ServerResponse,
  assay: AdmittedRequest | Waiver,
) => unknown

export interface ProtectOptions {
  /**
   * Called with what the listener threw or rejected with. Default: it stays uncaught and ends the process, as with a
   * plain `http.createServer(listener)`.
   */
  onError?: (error: unknown, request: IncomingMessage) => unknown
}

/** {@link ProtectOptions} under a rollout, by the address of the connection unless `addressOf` gives another. */
export interface ProtectRollout extends ProtectOptions, RolloutOptions<IncomingMessage> {
  rollout: Rollout
}

/**
 * A listener for `http.createServer` that lets only admitted requests through to `listener`. If `listener` throws or
 * rejects, the caller gets a 500 without detail, or is cut off in the middle of an answer, and the error goes to
 * `onError`; without one, or if `onError` itself fails, it becomes an unhandled rejection.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `guard`, `listener` or an option is invalid
 */
export function protect(
  guard: Guard,
  listener: GuardedListener,
  options?: ProtectOptions,
): (request: IncomingMessage, response: ServerResponse) => void
export function protect(
  guard: Guard,
  listener: RolloutListener,
  options: ProtectRollout,
): (request: IncomingMessage, response: ServerResponse) => void
export function protect(
  guard: Guard,
  listener: RolloutListener | GuardedListener,
  options: ProtectOptions & RolloutOptions<IncomingMessage> = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  guardOf(guard)
  functionOf('listener', listener)
  const known: Record<keyof typeof options, true> = { onError: true, rollout: true, addressOf: true }
  knownMembers('protect', options, known)
  const { onError: given, ...rollout } = options
  const onError = optionalFunction('onError', given)
  const settle = settling('protect', rollout, ({ socket }: IncomingMessage) => socket.remoteAddress)
  return (request, response) => {
    const failed = async (error: unknown) => {
      answerFailure(response)
      if (onError === undefined) throw error
      await onError(error, request)
    }
    void serve(guard, settle, listener as RolloutListener, request, response).catch(failed)
  }
}

async function serve(
  guard: Guard,
  settle: Settle<IncomingMessage>,
  listener: RolloutListener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const settled = await settle(await guard.verify(toGuardRequest(request)), request)
  if (!settled.ok) return sendProblem(response, settled)
  addFields(response, settled)
  await listener(request, response, settled)
}

/** What the listener had prepared is not sent. */
function answerFailure(response: ServerResponse): void {
  if (response.writableEnded) return
  if (response.headersSent) return void response.destroy()
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 500
  response.statusMessage = STATUS_CODES[500] ?? ''
  response.setHeader('Content-Length', 0).end()
}

/**
 * Takes over the connection of an admitted upgrade. Add `assay.headers` to its answer: usually none, otherwise the next
 * nonce.
 */
export type UpgradeListener = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  assay: AdmittedRequest,
) => unknown

/**
 * A listener for the event `upgrade` of an `http.Server`: upgrades (WebSocket) bypass Express middleware and `protect`,
 * so they need a separate guard. The proof is for `GET` and the `https:` URL. A request that is not admitted is
 * answered and cut off; so is a connection whose listener throws or rejects.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `guard` or `listener` is invalid
 */
export function protectUpgrade(
  guard: Guard,
  listener: UpgradeListener,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  guardOf(guard)
  functionOf('listener', listener)
  return (request, socket, head) => {
    const drop = () => void socket.destroy()
    // A hang-up while the request is judged must not end the process.
    socket.on('error', drop)
    const judging = guard.verify(toGuardRequest(request)).then(async (decision) => {
      if (socket.destroyed) return
      if (!decision.ok) return refuse(socket, decision)
      socket.off('error', drop)
      await listener(request, socket, head, decision)
    })
    judging.catch((error: unknown) => {
      socket.destroy()
      throw error
    })
  }
}

function refuse(socket: Duplex, { status, headers, body }: Refusal | Malfunction): void {
  const text = JSON.stringify(body)
  const fields = {
    ...headers,
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  // Nothing else ends a connection that the peer keeps half-open: no time limit of the server applies after an upgrade.
  socket.once('finish', () => socket.destroy())
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', text].join('\r\n'))
}
