import { bannedOfApp, decodeBase64url, shardHolds, shardIndexOf } from '@assay/protocol'
import { answered, type Eventually, isPromiseLike } from '../faults/malfunction.ts'
import type { GuardCrypto } from '../token/crypto.ts'
import type { AttestedApp } from '../token/token-claims.ts'
import type { StatusListHead } from './status-list.ts'
import type { Shards } from './status-shards.ts'

export type StatusFault = 'TOKEN_BUILD_RETIRED' | 'TOKEN_BANNED'

/** A list with all that it names. */
export interface StatusList {
  readonly head: StatusListHead
  readonly shards: Shards
  /** Synchronous if the hash is. @throws GuardMalfunction (`CRYPTO_FAILED`) */
  faultOf(attested: Pick<AttestedApp, 'app' | 'build' | 'installation'>): Eventually<StatusFault | undefined>
}

/** @param shards all that the head names */
export function statusListOf(
  head: StatusListHead,
  shards: Shards,
  crypto: Pick<GuardCrypto, 'sha256'>,
): StatusList {
  const { banned, retired } = head
  const placed = head.shards.map((digest) => shards.get(digest) as Uint8Array)
  /** A token that the guard knows is looked up once, in both forms; null: nothing is said of it. */
  const judged = new WeakMap<object, StatusFault | null>()
  const isSharded = (hash: string): boolean => {
    const bytes = decodeBase64url(hash)
    return bytes !== undefined && shardHolds(placed[shardIndexOf(bytes, placed.length)] as Uint8Array, bytes)
  }
  const hashOf = (name: string) => answered('CRYPTO_FAILED', () => crypto.sha256(name))
  const faultOfBuild = (app: string, build: string): StatusFault | undefined =>
    retired.size > 0 && retired.has(`${app} ${build}`) ? 'TOKEN_BUILD_RETIRED' : undefined
  return {
    head,
    shards,
    faultOf(attested) {
      const { app, build, installation } = attested
      const named = bannedOfApp(app, installation)
      if (banned.has(installation) || banned.has(named)) return 'TOKEN_BANNED'
      if (placed.length === 0) return faultOfBuild(app, build)
      const known = judged.get(attested)
      if (known !== undefined) return known === null ? undefined : known
      const judge = (...hashes: string[]) => {
        const fault = hashes.some(isSharded) ? 'TOKEN_BANNED' : faultOfBuild(app, build)
        judged.set(attested, fault ?? null)
        return fault
      }
      const [hash, hashOfNamed] = [hashOf(installation), hashOf(named)]
      return isPromiseLike(hash) || isPromiseLike(hashOfNamed)
        ? Promise.all([hash, hashOfNamed]).then((hashes) => judge(...hashes))
        : judge(hash, hashOfNamed)
    },
  }
}
