import type { FastifyPluginAsync, onRequestAsyncHookHandler } from 'fastify'
import type { Admission } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { toGuardRequest } from '../node/node-request.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard: what is known of the app that sent this request. `null` on routes without a guard. */
    assay: Admission | null
  }
}

export interface AttestationPluginOptions {
  guard: Guard
}

/** Fastify 5 plugin: guards every route of the context that registers it. */
export const attestation: FastifyPluginAsync<AttestationPluginOptions> = Object.assign(
  async (...[fastify, { guard }]: Parameters<FastifyPluginAsync<AttestationPluginOptions>>) => {
    if (!fastify.hasRequestDecorator('assay')) fastify.decorateRequest('assay', null)
    fastify.addHook('onRequest', requireAttestation(guard))
  },
  // Otherwise Fastify would give the hook a context of its own, and the routes beside the plugin would go unguarded.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: '@assay/guard' },
)

/** An `onRequest` hook for single routes. */
export function requireAttestation(guard: Guard): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const decision = await guard.verify(toGuardRequest(request.raw, request.originalUrl))
    if (!decision.ok)
      return reply.code(decision.status).headers(decision.headers).send(JSON.stringify(decision.body))
    reply.headers(decision.headers)
    request.assay = decision
  }
}
