import type { FastifyPluginAsync, onRequestAsyncHookHandler } from 'fastify'
import type { Acceptance } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { toGuardRequest } from '../node/node-request.ts'
import { guardOf, knownMembers } from '../options/misuse.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard: what is known about the app that sent this request. `null` on routes without a guard. */
    assay: Acceptance | null
  }
}

export interface AttestationPluginOptions {
  guard: Guard
}

/**
 * Fastify plugin (4 and 5): guards every route of the context that registers it. Without a guard, or with options
 * that it does not know (a `prefix` would not narrow what is guarded), registering it fails.
 */
export const attestation: FastifyPluginAsync<AttestationPluginOptions> = Object.assign(
  async (...[fastify, options]: Parameters<FastifyPluginAsync<AttestationPluginOptions>>) => {
    const known: Record<keyof AttestationPluginOptions, true> = { guard: true }
    knownMembers('the plugin', options, known)
    const hook = requireAttestation(options.guard)
    if (!fastify.hasRequestDecorator('assay')) fastify.decorateRequest('assay', null)
    fastify.addHook('onRequest', hook)
  },
  // Otherwise Fastify would give the hook a context of its own, and the routes beside the plugin would go unguarded.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: '@assay/guard' },
)

/**
 * An `onRequest` hook for single routes.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `guard` is a guard
 */
export function requireAttestation(guard: Guard): onRequestAsyncHookHandler {
  guardOf(guard)
  return async (request, reply) => {
    const decision = await guard.verify(toGuardRequest(request.raw, request.originalUrl))
    if (!decision.ok)
      return reply.code(decision.status).headers(decision.headers).send(JSON.stringify(decision.body))
    reply.headers(decision.headers)
    request.assay = decision
  }
}
