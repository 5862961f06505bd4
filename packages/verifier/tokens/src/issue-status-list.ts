import {
  isAudience,
  isShardCount,
  statusListLifetime,
  statusListType,
  type StatusListClaims,
  invalidArgument,
} from '@assay/protocol'
import { algorithms } from './algorithms.ts'
import { checkUnixSeconds } from './unix-seconds.ts'
import type { SigningKey } from './signing-key.ts'

/** The contents of a status list, and the key that signs it, which also signs tokens. */
export interface StatusListInput extends Pick<
  StatusListClaims,
  'retired' | 'banned' | 'banned_of_apps' | 'shards'
> {
  readonly key: SigningKey
  /** URL of the attestation service. */
  readonly issuer: string
  /** The one API. */
  readonly audience: string
  /** Unix seconds, whole. */
  readonly now: number
}

/**
 * Signs the status list of an API as a compact JWT. It has its own `typ`: a list never passes for a token.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a malformed value, or a key that does not sign at `now`
 */
export function issueStatusList({
  key,
  issuer,
  audience,
  now,
  retired,
  banned,
  banned_of_apps: bannedOfApps,
  shards,
}: StatusListInput): string {
  if (!isAudience(issuer)) throw invalidArgument('the issuer is not a URL in its normal form')
  if (!isAudience(audience)) throw invalidArgument('the audience is not a URL in its normal form')
  checkUnixSeconds(now)
  if (now < key.activateAt || (key.retireAt !== null && now >= key.retireAt))
    throw invalidArgument('the key does not sign now')
  const isListed = banned.length > 0 || bannedOfApps !== undefined
  if (shards !== undefined && (isListed || !isShardCount(shards.length)))
    throw invalidArgument('the shards are not all names, or not a power of two of them')
  const claims: StatusListClaims = {
    iss: issuer,
    aud: audience,
    iat: now,
    exp: now + statusListLifetime,
    retired,
    banned,
    ...(bannedOfApps === undefined ? {} : { banned_of_apps: bannedOfApps }),
    ...(shards === undefined ? {} : { shards }),
  }
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const header = { alg: key.alg, typ: statusListType, kid: key.kid }
  const signingInput = `${encoded(header)}.${encoded(claims)}`
  const signature = algorithms[key.alg].sign(Buffer.from(signingInput, 'latin1'), key.privateKey)
  return `${signingInput}.${signature.toString('base64url')}`
}
