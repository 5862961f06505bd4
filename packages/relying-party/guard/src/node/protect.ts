import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Acceptance } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { functionOf, guardOf, knownMembers, optionalFunction } from '../options/misuse.ts'
import { addFields, sendDenial, toGuardRequest } from './node-request.ts'

/** Handles a request that was accepted. It may be asynchronous. */
export type GuardedListener = (
  request: IncomingMessage,
  response: ServerResponse,
  assay: Acceptance,
) => unknown

export interface ProtectOptions {
  /**
   * Called with what the listener threw or rejected with. Default: it stays uncaught and ends the process, as that of
   * a plain `http.createServer(listener)` does.
   */
  onError?: (error: unknown, request: IncomingMessage) => unknown
}

/**
 * A listener for `http.createServer` that lets only accepted requests through to `listener`. Where that one throws or
 * rejects, the caller is answered 500 without detail, or cut off in the middle of an answer, and the error goes to
 * `onError`; without one, and where `onError` itself fails, it is an unhandled rejection.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) when `guard`, `listener` or an option is invalid
 */
export function protect(
  guard: Guard,
  listener: GuardedListener,
  options: ProtectOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  guardOf(guard)
  functionOf('listener', listener)
  const known: Record<keyof ProtectOptions, true> = { onError: true }
  knownMembers('protect', options, known)
  const onError = optionalFunction('onError', options.onError)
  return (request, response) => {
    const failed = async (error: unknown) => {
      answerFailure(response)
      if (onError === undefined) throw error
      await onError(error, request)
    }
    void serve(guard, listener, request, response).catch(failed)
  }
}

async function serve(
  guard: Guard,
  listener: GuardedListener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const decision = await guard.verify(toGuardRequest(request))
  if (!decision.ok) return sendDenial(response, decision)
  addFields(response, decision)
  await listener(request, response, decision)
}

/** What the listener had prepared does not go out. */
function answerFailure(response: ServerResponse): void {
  if (response.writableEnded) return
  if (response.headersSent) return void response.destroy()
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 500
  response.statusMessage = STATUS_CODES[500] ?? ''
  response.setHeader('Content-Length', 0).end()
}
