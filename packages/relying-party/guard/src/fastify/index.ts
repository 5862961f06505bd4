import type { FastifyPluginAsync, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { guardOf, knownMembers } from '../faults/misuse.ts'
import type { AdmittedRequest } from '../guard/decision.ts'
import type { Guard } from '../guard/guard.ts'
import { isAdmitted, type RolloutOptions, settling, type Waiver } from '../guard/rollout.ts'
import { toGuardRequest } from '../node/node-request.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard: what is known about the app that sent this request. `null` on routes without a guard. */
    assay: AdmittedRequest | null
    /** Set in place of `assay`: the request is served only because the rollout does not enforce yet. */
    assayWaived: Waiver | null
  }
}

export interface AttestationPluginOptions extends RolloutOptions<FastifyRequest> {
  guard: Guard
}

/**
 * Fastify plugin (4 and 5): guards every route of the context that registers it. Registration fails without a guard, or
 * with unknown options (a `prefix` would not narrow what is guarded).
 */
export const attestation: FastifyPluginAsync<AttestationPluginOptions> = Object.assign(
  async (...[fastify, options]: Parameters<FastifyPluginAsync<AttestationPluginOptions>>) => {
    const known: Record<keyof AttestationPluginOptions, true> = {
      guard: true,
      rollout: true,
      addressOf: true,
    }
    knownMembers('the plugin', options, known)
    const { guard, ...rollout } = options
    const hook = requireAttestation(guard, rollout)
    for (const name of ['assay', 'assayWaived'])
      if (!fastify.hasRequestDecorator(name)) fastify.decorateRequest(name, null)
    fastify.addHook('onRequest', hook)
  },
  // Otherwise Fastify would give the hook its own context, and the routes next to the plugin would be unguarded.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: '@assay/guard' },
)

/**
 * An `onRequest` hook for single routes. Under a rollout the address of a caller is `request.ip`.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `guard` or an option is invalid
 */
export function requireAttestation(
  guard: Guard,
  options: RolloutOptions<FastifyRequest> = {},
): onRequestAsyncHookHandler {
  guardOf(guard)
  const settle = settling('requireAttestation', options, ({ ip }) => ip)
  return async (request, reply) => {
    const decision = await guard.verify(toGuardRequest(request.raw, request.originalUrl))
    const settled = await settle(decision, request)
    if (!settled.ok)
      return reply.code(settled.status).headers(settled.headers).send(JSON.stringify(settled.body))
    reply.headers(settled.headers)
    if (isAdmitted(settled)) request.assay = settled
    else request.assayWaived = settled
  }
}
