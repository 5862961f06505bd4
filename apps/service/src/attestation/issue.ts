import {
  encodeBase64url,
  type AdmissibleTier,
  type Api,
  type App,
  type HolderKey,
  type PublicJwk,
} from '@assay/protocol'
import { issueToken, type SigningKey } from '@assay/tokens'
import type { Clock, Random } from '../system/ports.ts'
import type { Authentic, Verdict } from './exchange.ts'
import { AttestationDenied, type GrantedToken, type Refusal, type Result } from './outcome.ts'
import type { BuildSummary } from './ports.ts'

/** What a token is issued for. */
interface TokenOrder {
  app: App
  build: BuildSummary
  api: Api
  tier: AdmissibleTier
  holderKey: HolderKey
  key: PublicJwk
  thumbprint: string
}

/** What tokens for an API call the installation with this key. */
export type PseudonymOf = (app: string, audience: string, thumbprint: string) => string

export type IssueToken = (order: TokenOrder) => GrantedToken

/**
 * A token for each API that accepts the tier of the evidence.
 *
 * @throws AttestationDenied with the first reason, where none does
 */
export function grantTokens(
  verdicts: readonly Verdict[],
  { read, admitted, trace }: Authentic,
  { issue, clock }: { issue: IssueToken; clock: Clock },
): Result {
  const { app, build } = admitted
  const { key, thumbprint } = read
  const tokens: GrantedToken[] = []
  const refusals: Refusal[] = []
  for (const verdict of verdicts) {
    if (verdict.admitted) tokens.push(issue({ ...verdict, app, build, key, thumbprint }))
    else refusals.push({ code: verdict.code, ear: verdict.ear() })
  }
  const [refusal] = refusals
  if (tokens.length === 0 && refusal !== undefined) throw new AttestationDenied(refusal.code, refusal.ear)
  const now = Math.floor(clock() / 1000)
  const shortest = Math.min(...tokens.map(({ expiresAt }) => expiresAt - now))
  return { outcome: 'result', trace, tokens, refreshAt: now + Math.floor(shortest / 2), refusals }
}

interface TokenIssuerDependencies {
  pseudonymOf: PseudonymOf
  /** The key to sign with now. */
  signingKey: () => SigningKey
  publicUrl: () => string
  clock: Clock
  random: Random
}

/** Issues the token that appraisal has decided on. */
export function createTokenIssuer(dependencies: TokenIssuerDependencies): IssueToken {
  const { pseudonymOf, signingKey, publicUrl, clock, random } = dependencies
  return ({ app, build, api, tier, holderKey, key, thumbprint }) => {
    const now = Math.floor(clock() / 1000)
    const token = issueToken({
      key: signingKey(),
      issuer: publicUrl(),
      app: app.id,
      audience: api.audience,
      holder: key,
      installation: pseudonymOf(app.id, api.audience, thumbprint),
      build: build.id,
      platform: app.platform,
      tier,
      holderKey,
      mode: api.mode,
      now,
      lifetime: api.token_lifetime,
      jti: encodeBase64url(random(16)),
    })
    return { audience: api.audience, token, expiresAt: now + api.token_lifetime }
  }
}
