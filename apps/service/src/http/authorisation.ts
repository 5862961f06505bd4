import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKey } from '@assay/protocol'
import type { ApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import type { FloodLimits } from './limits/flood-limits.ts'
import { ProblemError } from '../faults/problem-error.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with, on routes behind {@link createAuthorisation}. */
    apiKey: ApiKey | null
  }
}

type Authorise = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Hooks for the routes of operators and pipelines. Both run before a body is read. */
export interface Authorisation {
  /** An admin key. */
  admin: Authorise
  /** An admin key, or a registration key for the app that the path names. */
  registration: Authorise
}

export function createAuthorisation(
  apiKeys: Pick<ApiKeyUseCases, 'authenticate'>,
  limits: Pick<FloodLimits, 'guess'>,
): Authorisation {
  const authenticate = async (request: FastifyRequest, reply: FastifyReply): Promise<ApiKey> => {
    const [, secret] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
    const guess = limits.guess(request.ip)
    const key = secret === undefined ? undefined : await apiKeys.authenticate(secret)
    if (secret === undefined || key !== undefined) guess.giveBack()
    if (key === undefined) {
      reply.header('www-authenticate', 'Bearer realm="assay"')
      throw new ProblemError('unauthorized')
    }
    request.apiKey = key
    return key
  }
  return {
    admin: async (request, reply) => {
      const key = await authenticate(request, reply)
      if (key.scope !== 'admin') throw new ProblemError('scope_insufficient')
    },
    registration: async (request, reply) => {
      const key = await authenticate(request, reply)
      const { app } = request.params as { app?: string }
      switch (key.scope) {
        case 'admin':
          return
        case 'provenance':
          throw new ProblemError('scope_insufficient')
        case 'registration':
          if (app === undefined || !key.apps.includes(app)) throw new ProblemError('scope_insufficient')
      }
    },
  }
}
