import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonObject,
  splitCompactJws,
  statusListType,
} from '@assay/protocol'
import type { GuardCrypto } from '../token/crypto.ts'
import { type KeySource, kidPattern } from '../token/issuer-keys.ts'
import { isJwtType, isTime } from '../token/jwt-form.ts'
import type { AttestedApp } from '../token/token-claims.ts'

/** A list whose signature and claims are valid. */
export interface StatusList {
  /** Unix seconds. */
  readonly issuedAt: number
  /** Unix seconds. */
  readonly expiresAt: number
  faultOf(attested: Pick<AttestedApp, 'app' | 'build' | 'installation'>): StatusFault | undefined
}

export type StatusFault = 'TOKEN_BUILD_RETIRED' | 'TOKEN_BANNED'

/** Why a list cannot be used. */
export class StatusListError extends Error {
  override readonly name = 'StatusListError'
}

export interface StatusExpectations {
  readonly issuer: string
  readonly audience: string
  /** Seconds. */
  readonly clockTolerance: number
}

/**
 * Verifies a list: type, signature under a key of the issuer, then claims.
 *
 * @param text of bounded length
 * @param now Unix seconds
 * @throws StatusListError
 */
export async function readStatusList(
  text: string,
  { crypto, keys, expected }: { crypto: GuardCrypto; keys: KeySource; expected: StatusExpectations },
  now: number,
): Promise<StatusList> {
  // Longer than a token: the caller limits what it reads.
  const parts = splitCompactJws(text, text.length)
  const header = parts && readObject(crypto, parts.header)
  if (parts === undefined || header === undefined) throw new StatusListError('no JWT')
  const { typ, alg, kid } = header
  if (!isJwtType(typ, statusListType) || Object.hasOwn(header, 'crit'))
    throw new StatusListError('another type')
  const key = typeof kid === 'string' && kidPattern.test(kid) ? await keys.find(kid, now) : undefined
  if (key === undefined || key.algorithm !== alg) throw new StatusListError('by a key that is not published')
  if ((await key.key.verify(parts.signingInput, parts.signature)) !== true)
    throw new StatusListError('an invalid signature')
  const claims = readObject(crypto, parts.payload)
  if (claims === undefined) throw new StatusListError('claims that are not an object')
  return readClaims(claims, expected, now)
}

function readClaims(
  { iss, aud, iat, exp, retired, banned }: JsonObject,
  { issuer, audience, clockTolerance }: StatusExpectations,
  now: number,
): StatusList {
  if (iss !== issuer || aud !== audience) throw new StatusListError('of another issuer, or for another API')
  if (!isTime(iat) || !isTime(exp)) throw new StatusListError('without its times')
  if (iat > now + clockTolerance || now >= exp + clockTolerance)
    throw new StatusListError('expired or not yet valid')
  if (!Array.isArray(retired) || !Array.isArray(banned)) throw new StatusListError('without its lists')
  const builds = new Set(retired.map(readBuild))
  const installations = new Set(banned.map(readText))
  return {
    issuedAt: iat,
    expiresAt: exp,
    faultOf({ app, build, installation }) {
      if (installations.has(installation)) return 'TOKEN_BANNED'
      return builds.size > 0 && builds.has(`${app} ${build}`) ? 'TOKEN_BUILD_RETIRED' : undefined
    },
  }
}

/** In an accepted token neither part contains a space. */
function readBuild(entry: JsonValue): string {
  if (!isJsonObject(entry)) throw new StatusListError('a malformed build')
  return `${readText(entry['app'])} ${readText(entry['build'])}`
}

function readText(value: JsonValue | undefined): string {
  if (typeof value !== 'string' || value === '') throw new StatusListError('a malformed name')
  return value
}

/** Larger than a token's segments, and bounded by the fetch. */
function readObject(crypto: GuardCrypto, segment: string): JsonObject | undefined {
  const text = crypto.decodeText(segment)
  return text === undefined ? undefined : parseJsonObject(text, { maxLength: segment.length, maxDepth: 4 })
}
