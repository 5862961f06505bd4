import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { ApiKeyScope } from '@assay/protocol'
import type { ApiKey } from '@assay/protocol/schemas'
import type { FloodLimits } from '../limits/flood-limits.ts'
import { callers, type Caller } from './callers.ts'
import { ProblemError } from '../../faults/problem-error.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with, on routes behind {@link createAuthorisation}. */
    apiKey: ApiKey | null
    /** How it came: by an API key, or by a session. */
    principal: Principal | null
  }
}

export interface Principal {
  readonly name: string
  readonly key: ApiKey
  /** Whether it is still valid, for work that continues after the request was admitted. */
  holds(): Promise<boolean>
}

type Authorise = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Hooks for the routes of operators and pipelines, named after who may call. All run before a body is read. */
export type Authorisation = Readonly<Record<Caller, Authorise>>

/** Recently used valid keys, by SHA-256: using one of them is not a guess, whatever others in its network do. */
const provenKeys = { max: 1_000, ttl: 24 * 3_600_000 }

/** Finds the key that authorises a request. @throws ProblemError `unauthorized`, `rate_limited` */
export type Authenticate = (request: FastifyRequest, reply: FastifyReply) => Promise<Principal>

/** Looks a secret up. @throws ProblemError `rate_limited` if the network has guessed too often */
export type Lookup<Found> = (secret: string, address: string) => Promise<Found | undefined>

/** Looks up a secret, and counts guesses. */
export function limitGuesses<Found>(
  find: (secret: string) => Promise<Found | undefined>,
  limits: Pick<FloodLimits, 'guess'>,
): Lookup<Found> {
  const proven = new LRUCache<string, true>(provenKeys)
  return async (secret, address) => {
    const digest = createHash('sha256').update(secret).digest('hex')
    const guess = proven.has(digest) ? undefined : limits.guess(address)
    const key = await find(secret).catch((error: unknown) => {
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
export function byApiKey(
  lookUp: Lookup<ApiKey>,
  find: (id: string) => Promise<ApiKey | undefined>,
): Authenticate {
  return async (request, reply) => {
    const [, secret] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
    const key = secret === undefined ? undefined : await lookUp(secret, request.ip)
    if (key === undefined) {
      reply.header('www-authenticate', 'Bearer realm="assay"')
      throw new ProblemError('unauthorized')
    }
    return { name: key.id, key, holds: async () => (await find(key.id)) !== undefined }
  }
}

/** Whether a key may do what it may do only for the apps that it names. */
export const isOfApps = ({ scope }: Pick<ApiKey, 'scope'>): boolean =>
  scope === 'registration' || scope === 'support'

/** What a key may do, however it was found. */
export function createAuthorisation(
  find: Authenticate,
  limits: Pick<FloodLimits, 'key' | 'lookup'>,
): Authorisation {
  const authenticate = async (request: FastifyRequest, reply: FastifyReply): Promise<ApiKey> => {
    const principal = await find(request, reply)
    limits.key(principal.key.id)
    request.principal = principal
    request.apiKey = principal.key
    return principal.key
  }
  const openedTo =
    (caller: Caller, scopes: readonly ApiKeyScope[]): Authorise =>
    async (request, reply) => {
      const key = await authenticate(request, reply)
      const { app } = request.params as { app?: string }
      const isConfined = (caller === 'confined' || caller === 'search') && app === undefined
      const isItsApp = !isOfApps(key) || isConfined || (app !== undefined && key.apps.includes(app))
      if (!scopes.includes(key.scope) || !isItsApp) throw new ProblemError('scope_insufficient')
      if (key.scope === 'support' || ((caller === 'find' || caller === 'search') && key.scope !== 'admin'))
        limits.lookup(key.id)
    }
  return Object.fromEntries(
    (Object.keys(callers) as Caller[]).map((caller) => [caller, openedTo(caller, callers[caller])]),
  ) as unknown as Authorisation
}
