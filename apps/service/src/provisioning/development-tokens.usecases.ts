import { createHash } from 'node:crypto'
import {
  encodeBase64url,
  longestTokenLifetime,
  thumbprintInput,
  type AttestationResponse,
  type DevelopmentTokenRequest,
} from '@assay/protocol'
import type { Api, App } from '@assay/protocol/schemas'
import { issueDevelopmentToken } from '@assay/tokens'
import type { AttestationRefusalCode } from '../attestation/codes.ts'
import type { PseudonymOf } from '../attestation/issue.ts'
import { anonymousTrace, type RecordTrace } from '../attestation/model/ports.ts'
import type { Registered } from '../attestation/registrations/admission.ts'
import type { Count } from '../attestation/model/counted-attestation.ts'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock, Random } from '../system/ports.ts'
import { hashApiKeySecret } from './api-keys.usecases.ts'
import type { DevelopmentSecretStore } from './model/ports.ts'
import type { DevelopmentKey } from './development-key.ts'

interface TokenDependencies {
  secrets: Pick<DevelopmentSecretStore, 'findByHash' | 'use'>
  registrations: Pick<Registered, 'findApp' | 'findApi'>
  key: DevelopmentKey
  pseudonymOf: PseudonymOf
  publicUrl: () => string
  count: Count
  recordTrace: RecordTrace
  /** Whether one more trace of the app may be kept: anyone can send requests. */
  mayKeep: (app: string) => boolean
  clock: Clock
  random: Random
}

export type DevelopmentTokenUseCases = ReturnType<typeof createDevelopmentTokenUseCases>

type DevelopmentRefusal = Extract<AttestationRefusalCode, `DEVELOPMENT_${string}`>

const refused = { platform: '', outcome: 'unproven', tier: '', evidence: '', policy: '' } as const

/** Tokens without appraisal: every part of them restricts them to development. */
export function createDevelopmentTokenUseCases(dependencies: TokenDependencies) {
  const { secrets, registrations, key, clock } = dependencies

  /** No secret opens production: app and API must be registered for development. */
  const admit = async (
    requested: DevelopmentTokenRequest,
  ): Promise<{ app: App; apis: Api[] } | DevelopmentRefusal> => {
    const app = await registrations.findApp(requested.app)
    if (app?.development !== true) return 'DEVELOPMENT_NOT_REGISTERED'
    const apis: Api[] = []
    for (const audience of new Set(requested.audiences)) {
      const api = await registrations.findApi(audience)
      if (api?.token === 'access') return 'DEVELOPMENT_TOKEN_KIND'
      if (api?.development !== true || api.mode !== 'bound' || !api.apps.includes(app.id))
        return 'DEVELOPMENT_NOT_REGISTERED'
      apis.push(api)
    }
    return { app, apis }
  }

  const spend = async ({ secret, app }: DevelopmentTokenRequest): Promise<DevelopmentRefusal | undefined> => {
    const found = await secrets.findByHash(hashApiKeySecret(secret))
    if (found === undefined) return 'DEVELOPMENT_SECRET_UNKNOWN'
    if (found.app !== app) return 'DEVELOPMENT_SECRET_OTHER_APP'
    if (found.revoked_at !== null) return 'DEVELOPMENT_SECRET_REVOKED'
    const now = clock()
    if (Date.parse(found.expires_at) <= now) return 'DEVELOPMENT_SECRET_EXPIRED'
    return (await secrets.use(found.id, now)) ? undefined : 'DEVELOPMENT_SECRET_REVOKED'
  }

  const refuse = async (requested: DevelopmentTokenRequest, trace: string, code: DevelopmentRefusal) => {
    const { count, recordTrace, mayKeep } = dependencies
    const isKnown = (await registrations.findApp(requested.app)) !== undefined
    count({ ...refused, app: isKnown ? requested.app : '', build: '', code })
    if (isKnown && mayKeep(requested.app)) {
      const { app, build } = requested
      const at = new Date(clock()).toISOString()
      recordTrace(anonymousTrace({ trace, at, app, build, outcome: 'denied', code }))
    }
    return new ProblemError('development_refused', { trace })
  }

  return {
    /** @throws ProblemError `development_refused`; the operator finds the reason under its trace */
    async issue(requested: DevelopmentTokenRequest, trace: string): Promise<AttestationResponse> {
      const admitted = await admit(requested)
      if (typeof admitted === 'string') throw await refuse(requested, trace, admitted)
      const refusal = await spend(requested)
      if (refusal !== undefined) throw await refuse(requested, trace, refusal)
      const { app, apis } = admitted
      const signing = await key.signing()
      const now = Math.floor(clock() / 1000)
      const thumbprint = createHash('sha256').update(thumbprintInput(requested.key)).digest('base64url')
      const tokens = apis.map(({ audience, token_lifetime }) => {
        const lifetime = Math.min(token_lifetime, longestTokenLifetime.bound)
        const token = issueDevelopmentToken({
          key: signing,
          issuer: dependencies.publicUrl(),
          app: app.id,
          audience,
          holder: requested.key,
          installation: dependencies.pseudonymOf(app.id, audience, thumbprint),
          build: requested.build,
          platform: app.platform,
          now,
          lifetime,
          jti: encodeBase64url(dependencies.random(16)),
        })
        return { audience, token, expires_in: lifetime }
      })
      const shortest = Math.min(...tokens.map(({ expires_in }) => expires_in))
      return { tokens, refresh_after: Math.floor(shortest / 2), server_time: now, trace }
    },
    jwks: () => key.jwks(),
  }
}
