import type { ChallengeKeys } from '../../attestation/challenge/challenge-keys.ts'
import type { SingleUse } from '../../attestation/single-use.ts'
import type { Clock, Random } from '../../system/ports.ts'
import { createGenerations } from './generations.ts'
import { answeredAtStart, openValkey, type Valkey } from './open-valkey.ts'
import { createSharedChallengeKeys } from './shared-challenge-keys.ts'
import { createValkeySingleUse } from './valkey-single-use.ts'

/** Short-lived state shared by all nodes of a service. */
export interface SharedState {
  readonly challengeKeys: ChallengeKeys
  readonly singleUse: SingleUse
  readonly valkey: Valkey
  /** Milliseconds since 1970, the clock that all nodes follow: those of their machines may differ. */
  readonly clock: Clock
  /**
   * Learns the server's time and whether it has forgotten anything; call it twice a second. @throws StoreNotAnswering
   */
  refresh(): Promise<void>
  close(): void
}

interface SharedStateOptions {
  url: string
  /** 32 bytes that all nodes have, and Valkey does not. */
  secret: Uint8Array
  random: Random
  nonces: Random
  steady: Clock
}

/** @throws StorageError `STORAGE_VALKEY_UNAVAILABLE`, `STORAGE_VALKEY_UNSUITABLE`, `STORAGE_VALKEY_NOT_ANSWERING` */
export async function openSharedState(options: SharedStateOptions): Promise<SharedState> {
  const { url, secret, random, nonces, steady } = options
  const valkey = await openValkey(url)
  const generations = createGenerations({ valkey, random, steady })
  try {
    await answeredAtStart(generations.refresh)
  } catch (error) {
    valkey.close()
    throw error
  }
  // After a fail-over the connection is new: what was known may be out of date.
  valkey.onConnect(() => void generations.refresh().catch(() => undefined))
  return {
    challengeKeys: createSharedChallengeKeys({ secret, generations, nonces, steady }),
    singleUse: createValkeySingleUse(valkey),
    valkey,
    clock: generations.now,
    refresh: generations.refresh,
    close: valkey.close,
  }
}
