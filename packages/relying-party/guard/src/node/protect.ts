import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Admission } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { addFields, sendDenial, toGuardRequest } from './node-request.ts'

/** Handles a request that was admitted. */
export type GuardedListener = (request: IncomingMessage, response: ServerResponse, assay: Admission) => void

/** A listener for `http.createServer` that lets only admitted requests through to `listener`. */
export function protect(
  guard: Guard,
  listener: GuardedListener,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void guard.verify(toGuardRequest(request)).then((decision) => {
      if (!decision.ok) return sendDenial(response, decision)
      addFields(response, decision)
      listener(request, response, decision)
    })
  }
}
