import type { RequestHandler } from 'express'
import type { Admission } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { addFields, sendDenial, toGuardRequest } from '../node/node-request.ts'
import { guardOf } from '../options/misuse.ts'

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by `requireAttestation`: what is known of the app that sent this request. */
    assay?: Admission
  }
}

/**
 * Express 5 middleware: goes on for admitted requests, with `req.assay` set, and answers all others.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) where `guard` is none
 */
export function requireAttestation(guard: Guard): RequestHandler {
  guardOf(guard)
  return async (req, res, next) => {
    // `req.url` has lost the mount point by now.
    const decision = await guard.verify(toGuardRequest(req, req.originalUrl))
    if (!decision.ok) return sendDenial(res, decision)
    addFields(res, decision)
    req.assay = decision
    next()
  }
}
