import type { Context, MiddlewareHandler } from 'hono'
import { guardOf } from '../faults/misuse.ts'
import type { AdmittedRequest } from '../guard/decision.ts'
import type { Guard } from '../guard/guard.ts'
import { isAdmitted, type Rollout, type RolloutOptions, settling, type Waiver } from '../guard/rollout.ts'
import type { RequestContext } from '../request/fields.ts'

/** For `new Hono<{ Variables: AttestationVariables }>()`. */
export interface AttestationVariables {
  /** What is known about the app that sent this request. */
  assay: AdmittedRequest
}

/** In place of {@link AttestationVariables} under a rollout: one of the two is set. */
export interface RolloutVariables {
  assay?: AdmittedRequest
  /** The request is served only because the rollout does not enforce yet. */
  assayWaived?: Waiver
}

/** Hono does not know its callers; the runtime or the proxy in front does. */
export interface HonoRollout extends Required<RolloutOptions<Context>> {
  rollout: Rollout
}

/**
 * Hono middleware (3 and 4): passes admitted requests on, with `c.var.assay` set, and answers all others.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `guard` or an option is invalid
 */
export function requireAttestation(guard: Guard): MiddlewareHandler<{ Variables: AttestationVariables }>
export function requireAttestation(
  guard: Guard,
  options: HonoRollout,
): MiddlewareHandler<{ Variables: RolloutVariables }>
export function requireAttestation(guard: Guard, options: RolloutOptions<Context> = {}): MiddlewareHandler {
  guardOf(guard)
  const settle = settling('requireAttestation', options)
  return async (c, next) => {
    const decision = await guard.verify(c.req.raw, executionContextOf(c))
    const settled = await settle(decision, c)
    if (!settled.ok) {
      return new Response(JSON.stringify(settled.body), {
        status: settled.status,
        headers: { ...settled.headers },
      })
    }
    for (const [name, value] of Object.entries(settled.headers)) c.header(name, value)
    if (isAdmitted(settled)) c.set('assay', settled)
    else c.set('assayWaived', settled)
    await next()
    return undefined
  }
}

/** Hono's getter throws if the runtime has none. */
function executionContextOf(c: Context): RequestContext | undefined {
  try {
    return c.executionCtx
  } catch {
    return undefined
  }
}
