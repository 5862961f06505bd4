import type { FastifyReply, FastifyRequest } from 'fastify'
import { createNetworkBuckets } from './network-buckets.ts'
import { ProblemError, type ProblemAbout } from '../../faults/problem-error.ts'
import type { LimitCode } from './codes.ts'
import { createTokenBuckets, type Quota, type QuotaDecision } from './token-bucket.ts'

/** Each but those of apps and keys is per /24 (IPv4) or /64 (IPv6) network; a /56 has four times as much, a /48 sixteen times. */
export interface FloodQuotas {
  /** Both public endpoints together. */
  network: Quota
  /** Challenges: they cost a network nothing but a request each. */
  challenges: Quota
  /**
   * Attestations of a registered app with signed client data: without a challenge and a key nobody can use it up for
   * others.
   */
  app: Quota
  /** Nonexistent API keys. */
  guesses: Quota
  /** Requests of one API key to the routes of operators and pipelines, whatever network they come from. */
  key: Quota
  /**
   * Requests of one support key, and look-ups of one key that is no admin’s: with them, somebody could go through the
   * users of an app.
   */
  lookup: Quota
}

const capacity = 100_000

/**
 * Limits on the public endpoints, per network before the body is read and per app once an answer is signed.
 *
 * @param nodes how many nodes share the quotas
 */
export function createFloodLimits(quotas: FloodQuotas, clock: () => number, nodes: () => number = () => 1) {
  const buckets = (quota: Quota) => createTokenBuckets(quota, capacity, clock, nodes)
  const networks = createNetworkBuckets(quotas.network, buckets)
  const challenges = createNetworkBuckets(quotas.challenges, buckets)
  const guesses = createNetworkBuckets(quotas.guesses, buckets)
  /** @throws ProblemError `rate_limited` */
  const counting = (quota: Quota, limit: LimitCode) => {
    const take = buckets(quota)
    return (id: string, about?: ProblemAbout): void => {
      const decision = take(id)
      if (!decision.allowed) throw tooMany(decision, limit, about)
    }
  }
  const countApp = counting(quotas.app, 'LIMIT_APP')
  const countKey = counting(quotas.key, 'LIMIT_KEY')
  const countLookup = counting(quotas.lookup, 'LIMIT_LOOKUP')
  const policy = (['network', 'challenges', 'app'] as const)
    .map((name) => `"${name}";q=${quotas[name].requests};w=${quotas[name].seconds}`)
    .join(', ')

  return {
    /** Hook: counts the sender's network and states the limits (draft-ietf-httpapi-ratelimit-headers-10). */
    network: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      const decision = networks.take(request.ip)
      reply.header('ratelimit-policy', policy)
      reply.header('ratelimit', rest('network', decision))
      done(decision.allowed ? undefined : tooMany(decision, 'LIMIT_NETWORK'))
    },
    /** Hook of the challenge endpoint, after that of networks. */
    challenges: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      const decision = challenges.take(request.ip)
      reply.header('ratelimit', `${String(reply.getHeader('ratelimit'))}, ${rest('challenges', decision)}`)
      done(decision.allowed ? undefined : tooMany(decision, 'LIMIT_CHALLENGES'))
    },
    /**
     * Counts one look-up of an API key. It counts before the look-up, so that simultaneous guesses count too, and gives
     * the count back if the key exists.
     *
     * @throws ProblemError `rate_limited`
     */
    guess: (address: string): { giveBack(): void } => {
      const decision = guesses.take(address)
      if (!decision.allowed) throw tooMany(decision, 'LIMIT_GUESSES')
      return { giveBack: () => guesses.giveBack(address) }
    },
    /** Counts one request of a **registered** app: unregistered names would only fill the map. */
    app: (app: string): void => countApp(app, { app }),
    /** Counts one request of an API key, by its id. @throws ProblemError `rate_limited` */
    key: (id: string): void => countKey(id),
    /** Counts one request of a support key, or one look-up, by the key's id. @throws ProblemError `rate_limited` */
    lookup: (id: string): void => countLookup(id),
  }
}

export type FloodLimits = ReturnType<typeof createFloodLimits>

const rest = (name: string, { remaining, wait }: QuotaDecision) =>
  `"${name}";r=${remaining};t=${Math.ceil(wait)}`

function tooMany({ wait }: QuotaDecision, limit: LimitCode, about?: ProblemAbout): ProblemError {
  return new ProblemError('rate_limited', { retryAfter: wait, limit, about })
}
