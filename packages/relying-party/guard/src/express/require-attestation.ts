import type { RequestHandler } from 'express'
import type { Acceptance } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { addFields, sendDenial, toGuardRequest } from '../node/node-request.ts'
import { guardOf } from '../options/misuse.ts'

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by `requireAttestation`: what is known about the app that sent this request. */
    assay?: Acceptance
  }
}

/**
 * Express middleware (4 and 5): goes on for accepted requests, with `req.assay` set, and answers all others.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `guard` is a guard
 */
export function requireAttestation(guard: Guard): RequestHandler {
  guardOf(guard)
  return (req, res, next) => {
    // `req.url` has lost the mount point by now.
    const judging = guard.verify(toGuardRequest(req, req.originalUrl)).then((decision) => {
      if (!decision.ok) return sendDenial(res, decision)
      addFields(res, decision)
      req.assay = decision
      next()
    })
    // Express 4 does not look at what a handler returns, and would leave the request unanswered.
    judging.catch(next)
  }
}
