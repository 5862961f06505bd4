import { createHmac, createSecretKey } from 'node:crypto'
import {
  accessTokenTiers,
  concat,
  label,
  lengthPrefixed,
  type AccessTokenTier,
  type AdmissibleTier,
  type HolderKey,
  type PublicJwk,
} from '@assay/protocol'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { issueAccessToken, issueToken, type SigningKey } from '@assay/tokens'
import type { Authentic, ApiResult } from './submission.ts'
import {
  AttestationRefused,
  type GrantedToken,
  type ApiRefusal,
  type PolicyRefusal,
  type PassedOutcome,
} from './model/outcome.ts'
import type { JudgedAt } from './use-once.ts'

/** What a token is issued for. */
interface TokenOrder {
  app: App
  build: BuildSummary
  api: Api
  tier: AdmissibleTier
  holderKey: HolderKey
  /** The token is issued only because the operator lets this installation through. */
  allowed: boolean
  key: PublicJwk
  thumbprint: string
  challenge: string
  /** Milliseconds since 1970: when the challenge was first used. */
  at: number
  isRepeat: boolean
}

/** The name that tokens for an API have for the installation with this key. */
export type PseudonymOf = (app: string, audience: string, thumbprint: string) => string

export type IssueToken = (order: TokenOrder) => GrantedToken

/**
 * Issues a token for each API that accepts the tier of the evidence, as of `at`: for one challenge used at one time the
 * claims are always the same. Their signature is not, because ECDSA draws a new number for each signature.
 *
 * @throws AttestationRefused with the first reason if no API does
 */
export function grantTokens(
  results: readonly ApiResult[],
  { read, admitted, trace }: Authentic,
  { at, isRepeat }: JudgedAt,
  { issue }: { issue: IssueToken },
): PassedOutcome {
  const { app, build } = admitted
  const { key, thumbprint, clientData } = read
  const { challenge } = clientData
  const tokens: GrantedToken[] = []
  const refusals: ApiRefusal[] = []
  for (const result of results) {
    if (result.accepted)
      tokens.push(issue({ app, build, key, thumbprint, challenge, at, isRepeat, ...result }))
    else {
      const { api, tier, code, codeDiffers } = result
      refusals.push({ audience: api.audience, tier, code, codeDiffers, ear: result.ear() })
    }
  }
  const [refusal] = refusals
  if (tokens.length === 0 && refusal !== undefined)
    throw new AttestationRefused(refusal.code, refusal.ear, refusals.map(withoutEar))
  const now = Math.floor(at / 1000)
  const shortest = Math.min(...tokens.map(({ expiresAt }) => expiresAt - now))
  return { outcome: 'result', trace, tokens, refreshAt: now + Math.floor(shortest / 2), refusals }
}

/** What a trace keeps of it. */
export const withoutEar = ({ ear: _, ...refusal }: ApiRefusal): PolicyRefusal => refusal

interface TokenIssuerDependencies {
  pseudonymOf: PseudonymOf
  /** The key to sign with at a time, in milliseconds since 1970; by default now. */
  signingKey: (at?: number) => SigningKey
  publicUrl: () => string
  tokenIdOf: TokenIdOf
}

/** Issues the token that appraisal has decided on. */
export function createTokenIssuer(dependencies: TokenIssuerDependencies): IssueToken {
  const { pseudonymOf, signingKey, publicUrl, tokenIdOf } = dependencies
  return ({ app, build, api, tier, holderKey, allowed, key, thumbprint, challenge, at, isRepeat }) => {
    const now = Math.floor(at / 1000)
    // A repeat signs with the key of the first use, and not at all if that was withdrawn. A first use signs with the
    // current key: the store of used challenges has its own clock, by which the use may precede the key.
    const signing = signingKey(isRepeat ? at : undefined)
    const input = {
      key: signing,
      issuer: publicUrl(),
      app: app.id,
      audience: api.audience,
      holder: key,
      installation: pseudonymOf(app.id, api.audience, thumbprint),
      build: build.id,
      channel: build.channel,
      platform: app.platform,
      holderKey,
      mode: api.mode,
      // The current time is later than when the key was made, even if a clock was set back.
      now: Math.max(now, signing.activateAt),
      lifetime: api.token_lifetime,
      jti: tokenIdOf(challenge, api.audience, at),
    }
    const granted = { audience: api.audience, expiresAt: now + api.token_lifetime }
    if (api.token === 'attestation') return { ...granted, token: issueToken({ ...input, tier, allowed }) }
    return {
      ...granted,
      token: issueAccessToken({ ...input, tier: admittedTier(checkedApi(api), tier, allowed) }),
      tokenType: api.mode === 'bound' ? 'DPoP' : 'Bearer',
    }
  }
}

/** An API for development and one of two apps are refused at registration; otherwise this is a fault of ours, and no token. */
function checkedApi(api: Api): Api {
  if (api.development || api.apps.length !== 1)
    throw new Error('an access token was ordered for an API that may have none')
  return api
}

/**
 * Nothing behind this looks again: what a stock resource server is given has passed by the policy, and by the tiers of its
 * API. Appraisal has decided so; otherwise this is a fault of ours, and no token.
 */
function admittedTier({ tiers }: Api, tier: AdmissibleTier, allowed: boolean): AccessTokenTier {
  const found = accessTokenTiers.find((each) => each === tier)
  if (found === undefined || allowed || !tiers.includes(found))
    throw new Error('an access token was ordered for a tier that its API does not admit')
  return found
}

/** The `jti` of the token that a challenge used at a given time yields for an API. */
export type TokenIdOf = (challenge: string, audience: string, at: number) => string

const tokenIdDomain = label('assay/token-id/1')

/**
 * The first 128 bits of an HMAC-SHA-256 over challenge, audience and time, each with its length, as 22 base64url
 * characters: a repeat gets a token with the same id, and nobody else can predict it.
 *
 * @param secret 32 bytes
 */
export function createTokenIds(secret: Uint8Array): TokenIdOf {
  const key = createSecretKey(secret)
  return (challenge, audience, at) => {
    const input = concat(
      tokenIdDomain,
      lengthPrefixed(challenge),
      lengthPrefixed(audience),
      lengthPrefixed(String(at)),
    )
    return createHmac('sha256', key).update(input).digest().subarray(0, 16).toString('base64url')
  }
}
