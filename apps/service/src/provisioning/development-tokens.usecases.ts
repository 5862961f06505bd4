import { createHash } from 'node:crypto'
import {
  encodeBase64url,
  longestTokenLifetime,
  thumbprintInput,
  type Api,
  type App,
  type AttestationResponse,
  type DevelopmentTokenRequest,
} from '@assay/protocol'
import { issueDevelopmentToken } from '@assay/tokens'
import type { AttestationDenialCode } from '../attestation/codes.ts'
import type { PseudonymOf } from '../attestation/issue.ts'
import type { RecordTrace } from '../attestation/model/ports.ts'
import type { Registered } from '../attestation/registrations/admission.ts'
import type { Count } from '../attestation/model/sighting.ts'
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

type DevelopmentDenial = Extract<AttestationDenialCode, `DEVELOPMENT_${string}`>

const refused = { platform: '', outcome: 'refused', tier: '', evidence: '', policy: '' } as const

/** Tokens without appraisal: every part of them restricts them to development. */
export function createDevelopmentTokenUseCases(dependencies: TokenDependencies) {
  const { secrets, registrations, key, clock } = dependencies

  /** No secret opens production: app and API must be registered for development. */
  const admit = async (asked: DevelopmentTokenRequest): Promise<{ app: App; apis: Api[] } | undefined> => {
    const app = await registrations.findApp(asked.app)
    if (app?.development !== true) return undefined
    const apis: Api[] = []
    for (const audience of new Set(asked.audiences)) {
      const api = await registrations.findApi(audience)
      if (api?.development !== true || api.mode !== 'bound' || !api.apps.includes(app.id)) return undefined
      apis.push(api)
    }
    return { app, apis }
  }

  const spend = async ({ secret, app }: DevelopmentTokenRequest): Promise<DevelopmentDenial | undefined> => {
    const found = await secrets.findByHash(hashApiKeySecret(secret))
    if (found === undefined) return 'DEVELOPMENT_SECRET_UNKNOWN'
    if (found.app !== app) return 'DEVELOPMENT_SECRET_OTHER_APP'
    if (found.revoked_at !== null) return 'DEVELOPMENT_SECRET_REVOKED'
    const now = clock()
    if (Date.parse(found.expires_at) <= now) return 'DEVELOPMENT_SECRET_EXPIRED'
    return (await secrets.use(found.id, now)) ? undefined : 'DEVELOPMENT_SECRET_REVOKED'
  }

  const refuse = async (asked: DevelopmentTokenRequest, trace: string, code: DevelopmentDenial) => {
    const { count, recordTrace, mayKeep } = dependencies
    const isKnown = (await registrations.findApp(asked.app)) !== undefined
    count({ ...refused, app: isKnown ? asked.app : '', build: '', code })
    if (isKnown && mayKeep(asked.app)) {
      const { app, build } = asked
      const at = new Date(clock()).toISOString()
      recordTrace({ trace, at, app, build, outcome: 'denied', code, segments: [], ear: null })
    }
    return new ProblemError('development_refused', { trace })
  }

  return {
    /** @throws ProblemError `development_refused`; the operator finds the reason under its trace */
    async issue(asked: DevelopmentTokenRequest, trace: string): Promise<AttestationResponse> {
      const admitted = await admit(asked)
      if (admitted === undefined) throw await refuse(asked, trace, 'DEVELOPMENT_NOT_REGISTERED')
      const denial = await spend(asked)
      if (denial !== undefined) throw await refuse(asked, trace, denial)
      const { app, apis } = admitted
      const signing = await key.signing()
      const now = Math.floor(clock() / 1000)
      const thumbprint = createHash('sha256').update(thumbprintInput(asked.key)).digest('base64url')
      const tokens = apis.map(({ audience, token_lifetime }) => {
        const lifetime = Math.min(token_lifetime, longestTokenLifetime.bound)
        const token = issueDevelopmentToken({
          key: signing,
          issuer: dependencies.publicUrl(),
          app: app.id,
          audience,
          holder: asked.key,
          installation: dependencies.pseudonymOf(app.id, audience, thumbprint),
          build: asked.build,
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
