import {
  bannedOfApp,
  isJsonObject,
  isShardCount,
  type JsonObject,
  type JsonValue,
  mostShards,
  parseJsonObject,
  splitCompactJws,
  statusListType,
} from '@assay/protocol'
import { StatusListError } from './status-list-error.ts'
import type { GuardCrypto } from '../token/crypto.ts'
import { type KeySource, kidPattern } from '../token/issuer-keys.ts'
import { isJwtType, isTime } from '../token/jwt-form.ts'

/** A list whose signature and claims are valid; its shards have yet to be fetched. */
export interface StatusListHead {
  /** Unix seconds. */
  readonly issuedAt: number
  /** Unix seconds. */
  readonly expiresAt: number
  /** App and build, with a space between them. */
  readonly retired: ReadonlySet<string>
  /** Pseudonyms; and within an app, as {@link bannedOfApp} writes them. */
  readonly banned: ReadonlySet<string>
  /** SHA-256 of each shard, base64url, by place; none if `banned` lists all names. */
  readonly shards: readonly string[]
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
export async function readStatusListHead(
  text: string,
  { crypto, keys, expected }: { crypto: GuardCrypto; keys: KeySource; expected: StatusExpectations },
  now: number,
): Promise<StatusListHead> {
  // Longer than a token: the caller limits what it reads.
  const parts = splitCompactJws(text, text.length)
  const header = parts && readObject(crypto, parts.header)
  if (parts === undefined || header === undefined)
    throw new StatusListError('STATUS_LIST_MALFORMED', 'no JWT')
  const { typ, alg, kid } = header
  if (!isJwtType(typ, statusListType) || Object.hasOwn(header, 'crit'))
    throw new StatusListError('STATUS_LIST_MALFORMED', 'another type')
  const key = typeof kid === 'string' && kidPattern.test(kid) ? await keys.find(kid, now) : undefined
  if (key === undefined || key.algorithm !== alg)
    throw new StatusListError('STATUS_LIST_SIGNATURE', 'by a key that is not published')
  if ((await key.key.verify(parts.signingInput, parts.signature)) !== true)
    throw new StatusListError('STATUS_LIST_SIGNATURE', 'an invalid signature')
  const claims = readObject(crypto, parts.payload)
  if (claims === undefined)
    throw new StatusListError('STATUS_LIST_MALFORMED', 'claims that are not an object')
  return readClaims(claims, expected, now)
}

function readClaims(
  { iss, aud, iat, exp, retired, banned, banned_of_apps: ofApps = [], shards }: JsonObject,
  { issuer, audience, clockTolerance }: StatusExpectations,
  now: number,
): StatusListHead {
  if (iss !== issuer || aud !== audience)
    throw new StatusListError('STATUS_LIST_AUDIENCE', 'of another issuer, or for another API')
  if (!isTime(iat) || !isTime(exp)) throw new StatusListError('STATUS_LIST_MALFORMED', 'without its times')
  if (iat > now + clockTolerance || now >= exp + clockTolerance)
    throw new StatusListError('STATUS_LIST_TIMES', 'expired or not yet valid')
  if (!Array.isArray(retired) || !Array.isArray(banned) || !Array.isArray(ofApps))
    throw new StatusListError('STATUS_LIST_MALFORMED', 'without its lists')
  return {
    issuedAt: iat,
    expiresAt: exp,
    retired: new Set(retired.map(readBuild)),
    banned: new Set([...banned.map(readText), ...ofApps.map(readBanned)]),
    shards: shards === undefined ? [] : readDigests(shards),
  }
}

/** Their number is checked before anything is fetched for them. */
function readDigests(shards: JsonValue): readonly string[] {
  if (!Array.isArray(shards) || !isShardCount(shards.length))
    throw new StatusListError('STATUS_LIST_SHARDS', `not a power of two of shards, at most ${mostShards}`)
  if (!shards.every((digest): digest is string => typeof digest === 'string' && digestPattern.test(digest)))
    throw new StatusListError('STATUS_LIST_MALFORMED', 'a malformed digest')
  return shards
}

/** 32 bytes in base64url: the last character has two bits that are zero. */
const digestPattern = /^[\w-]{42}[AEIMQUYcgkosw048]$/

/** In an accepted token neither part contains a space. */
function readBuild(entry: JsonValue): string {
  if (!isJsonObject(entry)) throw new StatusListError('STATUS_LIST_MALFORMED', 'a malformed build')
  return `${readText(entry['app'])} ${readText(entry['build'])}`
}

function readBanned(entry: JsonValue): string {
  if (!isJsonObject(entry)) throw new StatusListError('STATUS_LIST_MALFORMED', 'a malformed installation')
  return bannedOfApp(readText(entry['app']), readText(entry['installation']))
}

function readText(value: JsonValue | undefined): string {
  if (typeof value !== 'string' || value === '')
    throw new StatusListError('STATUS_LIST_MALFORMED', 'a malformed name')
  return value
}

/** Larger than a token's segments, and bounded by the fetch. */
function readObject(crypto: GuardCrypto, segment: string): JsonObject | undefined {
  const text = crypto.decodeText(segment)
  return text === undefined ? undefined : parseJsonObject(text, { maxLength: segment.length, maxDepth: 4 })
}
