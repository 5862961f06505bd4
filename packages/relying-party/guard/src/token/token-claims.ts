import {
  admissibleTiers,
  appIdPattern,
  buildIdPattern,
  channels,
  defaultChannel,
  holderKeys,
  type JsonObject,
  type JsonValue,
  longestTokenLifetime,
  platforms,
  type PublicJwk,
  readConfirmationKey,
  tiers,
  type TokenMode,
  type Channel,
  type Platform,
  type Tier,
  type HolderKey,
} from '@assay/protocol'
import { byThisClock, expectedAndGot } from '../faults/detail.ts'
import { GuardRefusal } from '../faults/refusal.ts'
import { isTime } from './jwt-form.ts'

/** The contents of a verified token. */
export interface AttestedApp {
  readonly app: string
  readonly build: string
  /** For whom the build is. The service issues tokens only for channels with which the API is registered. */
  readonly channel: Channel
  readonly platform: Platform
  /** `none` only together with `development`. */
  readonly tier: Tier
  /** Nothing was appraised: only a guard with `development: true` lets it through. */
  readonly development?: true
  /** A test device on the allow list: the policy refused it. Its tier counts, unless the guard has `allowListed: true`. */
  readonly allowed?: true
  /** How the installation key is kept. */
  readonly holderKey: HolderKey
  /** Pseudonym of the installation at this API. */
  readonly installation: string
  /** Thumbprint (RFC 7638) of the installation key. */
  readonly jkt: string
  /** The token's id, for introspection and the deny list. */
  readonly jti: string
  /** Unix seconds. */
  readonly issuedAt: number
  /** Unix seconds. */
  readonly expiresAt: number
}

/** What a token must match, on whichever route it is presented. */
export interface TokenExpectations {
  readonly issuer: string
  readonly audience: string
  readonly mode: TokenMode
  /** Whether only development tokens are accepted, or none of them. */
  readonly development: boolean
  /** Seconds. */
  readonly clockTolerance: number
}

export interface ReadClaims {
  readonly attested: Omit<AttestedApp, 'jkt'>
  readonly jwk: PublicJwk
}

/** Claims of a token whose signature has been verified, checked against what the guard expects. @throws GuardRefusal */
export function readTokenClaims(payload: JsonObject, expected: TokenExpectations, now: number): ReadClaims {
  const { iss, aud, sub, jti, build, installation, platform, ear_status: tier, mode, iat, exp } = payload
  if (iss !== expected.issuer)
    throw new GuardRefusal('TOKEN_ISSUER', { detail: expectedAndGot('issuer', expected.issuer, iss) })
  // One string: a token is for one API (and `["a", "b"]` would be for two).
  if (aud !== expected.audience)
    throw new GuardRefusal('TOKEN_AUDIENCE', { detail: expectedAndGot('audience', expected.audience, aud) })
  if (!isAppId(sub) || !isText(build, buildIdPattern)) throw new GuardRefusal('TOKEN_CLAIMS')
  if (!isText(jti, printable) || !isText(installation, printable)) throw new GuardRefusal('TOKEN_CLAIMS')
  if (!isOneOf(platforms, platform) || !isOneOf(tiers, tier)) throw new GuardRefusal('TOKEN_CLAIMS')
  const { channel = defaultChannel } = payload
  if (!isOneOf(channels, channel)) throw new GuardRefusal('TOKEN_CLAIMS')
  const holderKey = payload['holder_key']
  if (!isOneOf(holderKeys, holderKey)) throw new GuardRefusal('TOKEN_CLAIMS')
  if (!isTime(iat) || !isTime(exp)) throw new GuardRefusal('TOKEN_CLAIMS')
  const jwk = readConfirmationKey(payload['cnf'])
  if (jwk === undefined) throw new GuardRefusal('TOKEN_CONFIRMATION_KEY')
  if (mode !== 'bound' && mode !== 'bearer') throw new GuardRefusal('TOKEN_CLAIMS')
  if (mode !== expected.mode)
    throw new GuardRefusal('TOKEN_MODE', { detail: expectedAndGot('mode', expected.mode, mode) })
  if (exp <= iat || exp - iat > longestTokenLifetime[mode]) throw new GuardRefusal('TOKEN_LIFETIME')
  if (iat > now + expected.clockTolerance)
    throw new GuardRefusal('TOKEN_NOT_YET_VALID', { detail: byThisClock('issued', now - iat) })
  if (hasExpired(exp, expected, now)) throw expired(exp, now)
  const development = payload['development']
  if (development !== undefined && development !== true) throw new GuardRefusal('TOKEN_CLAIMS')
  if ((development === true) !== expected.development) throw new GuardRefusal('TOKEN_DEVELOPMENT')
  const allowed = payload['allowed']
  if (allowed !== undefined && allowed !== true) throw new GuardRefusal('TOKEN_CLAIMS')
  if (development === true ? tier !== 'none' : !isOneOf(admissibleTiers, tier))
    throw new GuardRefusal('TIER_NOT_ADMITTED')
  const attested = {
    app: sub,
    build,
    channel,
    platform,
    tier,
    holderKey,
    installation,
    jti,
    issuedAt: iat,
    expiresAt: exp,
    ...(development === true ? { development } : {}),
    ...(allowed === true ? { allowed } : {}),
  }
  return { attested, jwk }
}

/** RFC 7519 section 4.1.4: not on or after `exp`, with leeway for clocks. */
export function hasExpired(exp: number, { clockTolerance }: TokenExpectations, now: number): boolean {
  return now >= exp + clockTolerance
}

export function expired(exp: number, now: number): GuardRefusal {
  return new GuardRefusal('TOKEN_EXPIRED', { detail: byThisClock('expired', now - exp) })
}

/** Registered with Assay, or an OAuth client whose id is the URL of its metadata. */
export function isAppId(value: unknown): value is string {
  return typeof value === 'string' && (appIdPattern.test(value) || clientUrl.test(value))
}

const clientUrl = /^https:\/\/[\x21-\x7e]{1,247}$/

const printable = /^[\x21-\x7e]{1,128}$/

function isText(value: JsonValue | undefined, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value)
}

function isOneOf<T extends string>(values: readonly T[], value: JsonValue | undefined): value is T {
  return (values as readonly unknown[]).includes(value)
}
