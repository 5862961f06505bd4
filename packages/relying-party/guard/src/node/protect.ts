import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Acceptance } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { functionOf, guardOf, knownMembers, optionalFunction } from '../options/misuse.ts'
import type { Rollout } from '../rollout/rollout.ts'
import { settling, type RolloutOptions, type Settle, type Waiver } from '../rollout/waive.ts'
import { addFields, sendDenial, toGuardRequest } from './node-request.ts'

/** Handles a request that was accepted. It may be asynchronous. */
export type GuardedListener = (
  request: IncomingMessage,
  response: ServerResponse,
  assay: Acceptance,
) => unknown

/** Under a rollout, handles accepted requests and those that are served nevertheless. */
export type RolloutListener = (
  request: IncomingMessage,
  response: ServerResponse,
  assay: Acceptance | Waiver,
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
 * A listener for `http.createServer` that lets only accepted requests through to `listener`. If `listener` throws or
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
  if (!settled.ok) return sendDenial(response, settled)
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
