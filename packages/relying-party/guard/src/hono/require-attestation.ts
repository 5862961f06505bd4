import type { Context, MiddlewareHandler } from 'hono'
import type { Acceptance } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { guardOf } from '../options/misuse.ts'
import type { RequestContext } from '../request/guard-request.ts'

/** For `new Hono<{ Variables: AttestationVariables }>()`. */
export interface AttestationVariables {
  /** What is known about the app that sent this request. */
  assay: Acceptance
}

/**
 * Hono middleware (3 and 4): goes on for accepted requests, with `c.var.assay` set, and answers all others.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `guard` is a guard
 */
export function requireAttestation(guard: Guard): MiddlewareHandler<{ Variables: AttestationVariables }> {
  guardOf(guard)
  return async (c, next) => {
    const decision = await guard.verify(c.req.raw, executionContextOf(c))
    if (!decision.ok) {
      return new Response(JSON.stringify(decision.body), {
        status: decision.status,
        headers: { ...decision.headers },
      })
    }
    for (const [name, value] of Object.entries(decision.headers)) c.header(name, value)
    c.set('assay', decision)
    await next()
    return undefined
  }
}

/** Hono's getter throws where the runtime has none. */
function executionContextOf(c: Context): RequestContext | undefined {
  try {
    return c.executionCtx
  } catch {
    return undefined
  }
}
