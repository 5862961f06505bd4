import type { Request, RequestHandler } from 'express'
import { guardOf } from '../faults/misuse.ts'
import type { AdmittedRequest } from '../guard/decision.ts'
import type { Guard } from '../guard/guard.ts'
import { isAdmitted, type RolloutOptions, settling, type Waiver } from '../guard/rollout.ts'
import { addFields, sendProblem, toGuardRequest } from '../node/node-request.ts'

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by `requireAttestation`: what is known about the app that sent this request. */
    assay?: AdmittedRequest
    /** Set in place of `assay`: the request is served only because the rollout does not enforce yet. */
    assayWaived?: Waiver
  }
}

/**
 * Express middleware (4 and 5): passes admitted requests on, with `req.assay` set, and answers all others. Under a
 * rollout the address of a caller is `req.ip`.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `guard` or an option is invalid
 */
export function requireAttestation(guard: Guard, options: RolloutOptions<Request> = {}): RequestHandler {
  guardOf(guard)
  const settle = settling('requireAttestation', options, ({ ip }) => ip)
  return (req, res, next) => {
    // By now `req.url` has lost the mount point.
    const judging = guard.verify(toGuardRequest(req, req.originalUrl)).then(async (decision) => {
      const settled = await settle(decision, req)
      if (!settled.ok) return sendProblem(res, settled)
      addFields(res, settled)
      if (isAdmitted(settled)) req.assay = settled
      else req.assayWaived = settled
      next()
    })
    // Express 4 ignores what a handler returns, and would leave the request unanswered.
    judging.catch(next)
  }
}
