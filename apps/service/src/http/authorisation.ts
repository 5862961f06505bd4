import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { ApiKey, ApiKeyScope } from '@assay/protocol'
import type { ApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import type { FloodLimits } from './limits/flood-limits.ts'
import { callers, type Caller } from './callers.ts'
import { ProblemError } from '../faults/problem-error.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with, on routes behind {@link createAuthorisation}. */
    apiKey: ApiKey | null
  }
}

type Authorise = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Hooks for the routes of operators and pipelines, named for who may call. All run before a body is read. */
export type Authorisation = Readonly<Record<Caller, Authorise>>

/** Keys that opened something not long ago, by SHA-256: using one of them is no guess, whatever others in its network do. */
const provenKeys = { max: 1_000, ttl: 24 * 3_600_000 }

/** Finds the key that a request acts by. @throws ProblemError `unauthorized`, `rate_limited` */
export type Authenticate = (request: FastifyRequest, reply: FastifyReply) => Promise<ApiKey>

/** Looks API keys up, and counts guesses. */
export type KeyLookup = (secret: string, address: string) => Promise<ApiKey | undefined>

export function createKeyLookup(
  apiKeys: Pick<ApiKeyUseCases, 'authenticate'>,
  limits: Pick<FloodLimits, 'guess'>,
): KeyLookup {
  const proven = new LRUCache<string, true>(provenKeys)
  return async (secret, address) => {
    const digest = createHash('sha256').update(secret).digest('hex')
    const guess = proven.has(digest) ? undefined : limits.guess(address)
    const key = await apiKeys.authenticate(secret).catch((error: unknown) => {
      guess?.giveBack()
      throw error
    })
    if (key === undefined) proven.delete(digest)
    else {
      guess?.giveBack()
      proven.set(digest, true)
    }
    return key
  }
}

/** By the API key in `Authorization`. */
export function byApiKey(lookUp: KeyLookup): Authenticate {
  return async (request, reply) => {
    const [, secret] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
    const key = secret === undefined ? undefined : await lookUp(secret, request.ip)
    if (key === undefined) {
      reply.header('www-authenticate', 'Bearer realm="assay"')
      throw new ProblemError('unauthorized')
    }
    return key
  }
}

/** What a key may do, however it was found. */
export function createAuthorisation(find: Authenticate): Authorisation {
  const authenticate: Authenticate = async (request, reply) => (request.apiKey = await find(request, reply))
  const openedTo =
    (scopes: readonly ApiKeyScope[]): Authorise =>
    async (request, reply) => {
      const key = await authenticate(request, reply)
      const { app } = request.params as { app?: string }
      const isItsApp = key.scope !== 'registration' || (app !== undefined && key.apps.includes(app))
      if (!scopes.includes(key.scope) || !isItsApp) throw new ProblemError('scope_insufficient')
    }
  return Object.fromEntries(
    Object.entries(callers).map(([caller, scopes]) => [caller, openedTo(scopes)]),
  ) as unknown as Authorisation
}
