import type { FastifyReply, FastifyRequest } from 'fastify'
import { networkPrefix } from './network-prefix.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import { createTokenBuckets, type Quota, type Taken } from './token-bucket.ts'

export interface FloodQuotas {
  /** Per /24 (IPv4) or /64 (IPv6) network, both public endpoints together. */
  network: Quota
  /** Per registered app, both public endpoints together. */
  app: Quota
}

const capacity = 100_000

/** Limits on the public endpoints, per network before the body is read and per app once it is named. */
export function createFloodLimits(quotas: FloodQuotas, clock: () => number) {
  const takeNetwork = createTokenBuckets(quotas.network, capacity, clock)
  const takeApp = createTokenBuckets(quotas.app, capacity, clock)
  const policy = (['network', 'app'] as const)
    .map((name) => `"${name}";q=${quotas[name].requests};w=${quotas[name].seconds}`)
    .join(', ')

  return {
    /** Hook: counts the sender's network and states the limits (draft-ietf-httpapi-ratelimit-headers-10). */
    network: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      const taken = takeNetwork(networkPrefix(request.ip))
      reply.header('ratelimit-policy', policy)
      reply.header('ratelimit', `"network";r=${taken.remaining};t=${Math.ceil(taken.wait)}`)
      done(taken.allowed ? undefined : tooMany(taken))
    },
    /** Counts one request of a **registered** app: names that nobody registered would only fill the map. */
    app: (app: string): void => {
      const taken = takeApp(app)
      if (!taken.allowed) throw tooMany(taken)
    },
  }
}

export type FloodLimits = ReturnType<typeof createFloodLimits>

function tooMany(taken: Taken): ProblemError {
  return new ProblemError('rate_limited', { retryAfter: taken.wait })
}
