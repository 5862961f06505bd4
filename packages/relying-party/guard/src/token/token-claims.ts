import {
  accessTokenTiers,
  admissibleTiers,
  appIdPattern,
  buildIdPattern,
  channels,
  defaultChannel,
  holderKeys,
  type JsonObject,
  type JsonValue,
  longestAccessTokenLifetime,
  longestTokenLifetime,
  platforms,
  type PublicJwk,
  readConfirmationKey,
  readConfirmationThumbprint,
  tiers,
  type TokenKind,
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
  /** Thumbprint (RFC 7638) of the installation key; `null` only for an access token as bearer, which names none. */
  readonly jkt: string | null
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
  readonly kind: TokenKind
  readonly mode: TokenMode
  /** Whether only development tokens are accepted, or none of them. */
  readonly development: boolean
  /** Seconds. */
  readonly clockTolerance: number
}

export interface ReadClaims {
  readonly attested: Omit<AttestedApp, 'jkt'>
  readonly confirmed: Confirmed
}

/** What `cnf` says about the installation key: itself, only its thumbprint (RFC 9449 section 6.1), or nothing. */
export type Confirmed = { readonly jwk: PublicJwk } | { readonly jkt: string } | undefined

/** Claims of a token whose signature has been verified, checked against what the guard expects. @throws GuardRefusal */
export function readTokenClaims(payload: JsonObject, expected: TokenExpectations, now: number): ReadClaims {
  const { iss, aud, jti, build, platform, ear_status: tier, iat, exp } = payload
  const { app, installation } = namesIn(payload, expected.kind)
  if (iss !== expected.issuer)
    throw new GuardRefusal('TOKEN_ISSUER', { detail: expectedAndGot('issuer', expected.issuer, iss) })
  // One string: a token is for one API (and `["a", "b"]` would be for two).
  if (aud !== expected.audience)
    throw new GuardRefusal('TOKEN_AUDIENCE', { detail: expectedAndGot('audience', expected.audience, aud) })
  if (!isAppId(app) || !isText(build, buildIdPattern)) throw new GuardRefusal('TOKEN_CLAIMS')
  if (!isText(jti, printable) || !isText(installation, printable)) throw new GuardRefusal('TOKEN_CLAIMS')
  if (!isOneOf(platforms, platform) || !isOneOf(tiers, tier)) throw new GuardRefusal('TOKEN_CLAIMS')
  const { channel = defaultChannel } = payload
  if (!isOneOf(channels, channel)) throw new GuardRefusal('TOKEN_CLAIMS')
  const holderKey = payload['holder_key']
  if (!isOneOf(holderKeys, holderKey)) throw new GuardRefusal('TOKEN_CLAIMS')
  if (!isTime(iat) || !isTime(exp)) throw new GuardRefusal('TOKEN_CLAIMS')
  const { confirmed, mode } = confirmationIn(payload, expected.kind)
  if (mode !== expected.mode)
    throw new GuardRefusal('TOKEN_MODE', { detail: expectedAndGot('mode', expected.mode, mode) })
  if (exp <= iat || exp - iat > longestLifetime(expected.kind, mode)) throw new GuardRefusal('TOKEN_LIFETIME')
  checkTimes(iat, exp, expected.clockTolerance, now)
  const development = payload['development']
  if (development !== undefined && development !== true) throw new GuardRefusal('TOKEN_CLAIMS')
  if ((development === true) !== expected.development)
    throw new GuardRefusal('TOKEN_DEVELOPMENT', {
      detail: `expected a token for ${useOf(expected.development)}, got one for ${useOf(development === true)}`,
    })
  const allowed = payload['allowed']
  // The service issues no access tokens to test devices: verifiers elsewhere would not look at the claim.
  if (allowed !== undefined && (allowed !== true || expected.kind === 'access'))
    throw new GuardRefusal('TOKEN_CLAIMS')
  if (!(development === true ? tier === 'none' : isOneOf(tiersOf[expected.kind], tier)))
    throw new GuardRefusal('TIER_NOT_ADMITTED')
  const attested = {
    app,
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
  return { attested, confirmed }
}

/** An attestation token is about the app; the subject of an access token is the installation, its client the app. */
function namesIn(
  { sub, client_id, installation }: JsonObject,
  kind: TokenKind,
): Record<'app' | 'installation', JsonValue | undefined> {
  switch (kind) {
    case 'attestation':
      return { app: sub, installation }
    case 'access':
      return { app: client_id, installation: sub }
  }
}

/**
 * An attestation token states its mode, and its key in either. An access token states it by having a key or none (RFC 9449
 * section 6).
 *
 * @throws GuardRefusal (`TOKEN_CONFIRMATION_KEY`, `TOKEN_CLAIMS`)
 */
function confirmationIn(
  { cnf, mode }: JsonObject,
  kind: TokenKind,
): { confirmed: Confirmed; mode: TokenMode } {
  if (kind === 'access') {
    if (cnf === undefined) return { confirmed: undefined, mode: 'bearer' }
    const jkt = readConfirmationThumbprint(cnf)
    if (jkt === undefined) throw new GuardRefusal('TOKEN_CONFIRMATION_KEY')
    return { confirmed: { jkt }, mode: 'bound' }
  }
  const jwk = readConfirmationKey(cnf)
  if (jwk === undefined) throw new GuardRefusal('TOKEN_CONFIRMATION_KEY')
  if (mode !== 'bound' && mode !== 'bearer') throw new GuardRefusal('TOKEN_CLAIMS')
  return { confirmed: { jwk }, mode }
}

const useOf = (development: boolean) => (development ? 'development' : 'production')

function longestLifetime(kind: TokenKind, mode: TokenMode): number {
  return kind === 'access' ? longestAccessTokenLifetime : longestTokenLifetime[mode]
}

/** Tiers of tokens that are not for development. The service issues no other access tokens. */
const tiersOf: Readonly<Record<TokenKind, readonly Tier[]>> = {
  attestation: admissibleTiers,
  access: accessTokenTiers,
}

/**
 * The times of a token by this clock (RFC 7519 sections 4.1.4 and 4.1.6), with leeway.
 *
 * @throws GuardRefusal (`TOKEN_NOT_YET_VALID`, `TOKEN_EXPIRED`)
 */
export function checkTimes(iat: number, exp: number, tolerance: number, now: number): void {
  if (iat > now + tolerance)
    throw new GuardRefusal('TOKEN_NOT_YET_VALID', { detail: byThisClock('issued', now - iat) })
  if (now >= exp + tolerance)
    throw new GuardRefusal('TOKEN_EXPIRED', { detail: byThisClock('expired', now - exp) })
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
