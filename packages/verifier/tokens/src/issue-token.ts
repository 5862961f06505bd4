import { createHash } from 'node:crypto'
import type { AcceptedResult } from '@assay/appraisal'
import {
  accessTokenTiers,
  admissibleTiers,
  appIdPattern,
  buildIdPattern,
  channels,
  defaultChannel,
  holderKeys,
  isAudience,
  longestAccessTokenLifetime,
  longestTokenLifetime,
  platforms,
  readPublicJwk,
  thumbprintInput,
  thumbprintPattern,
  tokenModes,
  type AccessTokenClaims,
  type AccessTokenTier,
  type Channel,
  type HolderKey,
  type Platform,
  type PublicJwk,
  type Tier,
  type TokenClaims,
  type TokenMode,
  invalidArgument,
} from '@assay/protocol'
import { algorithms } from './algorithms.ts'
import { checkUnixSeconds } from './unix-seconds.ts'
import type { SigningKey } from './signing-key.ts'

/** The contents of a token, and the key that signs it. */
export interface TokenInput {
  readonly key: SigningKey
  /** URL of the attestation service. */
  readonly issuer: string
  readonly app: string
  /** The one API that the token is for. */
  readonly audience: string
  /** The public installation key, to whose holder the token is bound. */
  readonly holder: PublicJwk
  /** As returned by `installationPseudonym`. */
  readonly installation: string
  readonly build: string
  /** For whom the build is; default: `production`. */
  readonly channel?: Channel
  readonly platform: Platform
  /** As returned by `accept`. */
  readonly tier: AcceptedResult['tier']
  /** How the installation key is kept. */
  readonly holderKey: HolderKey
  /** Whether the policy refused it, and the operator lets this installation through; default: false. */
  readonly allowed?: boolean
  readonly mode: TokenMode
  /** Unix seconds, whole. */
  readonly now: number
  /** Whole seconds: at most 900 bound, 300 as bearer. */
  readonly lifetime: number
  /** Unique to the issuer: 16 to 128 base64url characters. */
  readonly jti: string
}

/**
 * Issues a client attestation JWT (draft-ietf-oauth-attestation-based-client-auth-10 section 2) in compact form. All
 * its contents have been decided before: what a token cannot express is the caller's mistake, not a denial.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a malformed value, the tier `none`, a lifetime beyond the mode's,
 *   or a key that does not sign yet or will not be published until the token expires
 */
export function issueToken(input: TokenInput): string {
  if (!admissibleTiers.includes(input.tier))
    throw invalidArgument('a token carries a tier that may be accepted')
  const claims = claimsOf(input)
  return signed(input, input.allowed === true ? { ...claims, allowed: true } : claims)
}

/** The contents of a development token: nothing was appraised, and it is bound to a key. */
export type DevelopmentTokenInput = Omit<TokenInput, 'tier' | 'holderKey' | 'mode' | 'allowed'>

/**
 * Issues a token for development: tier `none`, claim `development`. Its key must never have been in the production
 * JWKS.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link issueToken}
 */
export function issueDevelopmentToken(input: DevelopmentTokenInput): string {
  const claims = claimsOf({ ...input, tier: 'none', holderKey: 'software', mode: 'bound' })
  return signed(input, { ...claims, development: true })
}

/** The contents of an access token. Nothing that only a guard would look at can be asked for. */
export type AccessTokenInput = Omit<TokenInput, 'tier' | 'allowed'> & { readonly tier: AccessTokenTier }

/**
 * Issues an access token (RFC 9068) for an API whose resource server is not ours: `sub` is the pseudonym of the
 * installation, `client_id` the app. Bound, it names the installation key by its thumbprint (RFC 9449 section 6.1); as
 * bearer it names none, since no resource server could ask for its proof.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link issueToken}; also for the tier `contraindicated`, or a lifetime
 *   beyond 300 seconds
 */
export function issueAccessToken(input: AccessTokenInput): string {
  if (!accessTokenTiers.includes(input.tier))
    throw invalidArgument('an access token carries a tier that its API admits')
  if (input.lifetime > longestAccessTokenLifetime)
    throw invalidArgument('an access token does not live so long')
  const { cnf, installation, sub, mode, ear_status: _, ...claims } = claimsOf(input)
  const jkt = createHash('sha256').update(thumbprintInput(cnf.jwk)).digest('base64url')
  return signed<AccessTokenClaims>(
    input,
    {
      ...claims,
      sub: installation,
      client_id: sub,
      ear_status: input.tier,
      ...(mode === 'bound' ? { cnf: { jkt } } : {}),
    },
    input.key.encodedAccessHeader,
  )
}

function signed<Claims extends TokenClaims | AccessTokenClaims>(
  input: Pick<TokenInput, 'key' | 'now'>,
  claims: Claims,
  encodedHeader: string = input.key.encodedHeader,
): string {
  const { key } = input
  if (input.now < key.activateAt) throw invalidArgument('the key does not sign yet')
  if (key.retireAt !== null && claims.exp > key.retireAt)
    throw invalidArgument('the key ends before the token expires')
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  const signingInput = encodedHeader + payload
  const signature = algorithms[key.alg].sign(Buffer.from(signingInput, 'latin1'), key.privateKey)
  return `${signingInput}.${signature.toString('base64url')}`
}

function claimsOf(input: Omit<TokenInput, 'tier'> & { tier: Tier }): TokenClaims {
  const {
    app,
    audience,
    build,
    channel = defaultChannel,
    platform,
    tier,
    holderKey,
    mode,
    now,
    lifetime,
    installation,
    jti,
  } = input
  checkNames(input)
  if (!channels.includes(channel)) throw invalidArgument('there is no such channel')
  if (!holderKeys.includes(holderKey))
    throw invalidArgument('there is no such way to keep the installation key')
  if (!tokenModes.includes(mode)) throw invalidArgument('a token is bound or bearer')
  checkUnixSeconds(now)
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > longestTokenLifetime[mode])
    throw invalidArgument('a token of this mode does not live so long')
  return {
    iss: input.issuer,
    sub: app,
    aud: audience,
    iat: now,
    exp: now + lifetime,
    jti,
    cnf: { jwk: holderOf(input) },
    installation,
    build,
    ...(channel === 'production' ? {} : { channel }),
    platform,
    ear_status: tier,
    holder_key: holderKey,
    mode,
  }
}

const jtiPattern = /^[A-Za-z0-9_-]{16,128}$/

function checkNames(input: Omit<TokenInput, 'tier'>): void {
  const { issuer, app, audience, installation, build, platform, jti } = input
  if (!isAudience(issuer)) throw invalidArgument('the issuer is not a URL in its normal form')
  if (!appIdPattern.test(app)) throw invalidArgument('the app id is out of form')
  if (!isAudience(audience)) throw invalidArgument('the audience is not a URL in its normal form')
  if (!thumbprintPattern.test(installation))
    throw invalidArgument('the pseudonym of the installation is out of form')
  if (!buildIdPattern.test(build)) throw invalidArgument('the build id is out of form')
  if (!platforms.includes(platform)) throw invalidArgument('there is no such platform')
  if (!jtiPattern.test(jti)) throw invalidArgument('the token id is out of form')
}

/** Exactly the public members: nothing else in a caller's object may get into a token. */
function holderOf({ holder }: Pick<TokenInput, 'holder'>): PublicJwk {
  const read = readPublicJwk({ ...holder })
  if (!read.ok) throw invalidArgument('the holder is not named by a public P-256 key')
  return read.jwk
}
