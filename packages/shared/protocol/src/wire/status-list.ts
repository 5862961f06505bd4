import { encodeBase64url, utf8 } from '@assay/protocol/encodings'

/**
 * The status list of an API: what its guards must refuse although its tokens are still valid. A compact JWT, signed
 * by the key that signs tokens, at {@link statusListPath}. Anyone who has it can verify it, so it may be served by a
 * cache.
 *
 * The obligations of the service:
 *
 * - 200 with {@link statusListMediaType}, an `ETag` and `Cache-Control: no-cache`; 304 to `If-None-Match`; 404 for an
 * API
 * that is not registered. The tag is weak and computed over the content of the list, so it is the same on every node.
 * No authentication: the list names builds and pseudonyms, which mean nothing elsewhere.
 * - A change is in the list of every node within 10 s. Guards poll every 20 s, so it reaches those that can fetch it within 30 s.
 * - An entry stays for {@link statusListMemory} seconds after the retirement or ban, when every token that it concerns
 *   has expired everywhere; then it may be removed. An entry whose retirement or ban is lifted is removed at once.
 * - The list is signed again when it changes, and before half of its lifetime is over: guards refuse a list past `exp`,
 * and one that was issued before the one they hold.
 * - Up to {@link mostListedNames} names stand in the list itself. Beyond, it has none, and `shards` names the files
 * that hold them all: `status-shards.ts`. Each is served from before the list that names it until
 * {@link statusShardMemory} seconds after the last one that did.
 */
export interface StatusListClaims {
  /** URL of the attestation service, as in its tokens. */
  iss: string
  /** The one API. */
  aud: string
  /** Unix seconds. */
  iat: number
  /** Unix seconds: `iat` + {@link statusListLifetime}. */
  exp: number
  /** Retired builds of apps whose tokens the API may receive. */
  retired: { app: string; build: string }[]
  /** Pseudonyms at this API that the service itself derived: of installations behind a banned key. Empty where there are `shards`. */
  banned: string[]
  /**
   * All that is banned, each within the app that banned it. A name that an operator stated is only here: nothing shows
   * whose it is, so it counts for tokens of that app alone. Absent where there is none, or where there are `shards`.
   */
  banned_of_apps?: BannedOfApp[]
  /**
   * SHA-256 of each shard, base64url, in order of the first bits of what they hold: 2^k of them, and at most
   * {@link mostShards}. Absent where `banned` lists the names.
   */
  shards?: string[]
}

/** An installation, by its pseudonym at the API, whose tokens of one app are refused. */
export interface BannedOfApp {
  app: string
  installation: string
}

/** The text under which a shard holds a name within an app. Neither part contains a space. */
export const bannedOfApp = (app: string, installation: string): string => `${app} ${installation}`

/** `typ` of its header. */
export const statusListType = 'assay-status+jwt'
export const statusListMediaType = `application/${statusListType}`

/** Names in the list itself; more are in shards. */
export const mostListedNames = 1000

/** Seconds from `iat` to `exp`. */
export const statusListLifetime = 3600

/** Seconds for which an entry stays: the longest life of a token, and twice the furthest that clocks may differ. */
export const statusListMemory = 1500

/** Seconds for which a shard is served after the last list that named it: a guard fetches it right after the list. */
export const statusShardMemory = 20

/** Path at the service. It is one segment, because proxies disagree about escaped slashes. */
export function statusListPath(audience: string): `/v1/status/${string}` {
  return `/v1/status/${encodeBase64url(utf8(audience))}`
}

/** Path of a shard at the service. What it names never changes, so caches keep it for ever. */
export function statusShardPath(audience: string, digest: string): `/v1/status/${string}/${string}` {
  return `${statusListPath(audience)}/${digest}`
}
