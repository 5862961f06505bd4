import type { Tier } from '@assay/protocol'
import type { Eventually } from '../crypto/guard-crypto.ts'

/** Remembers proofs, so that each is used only once. */
export interface ReplayStore {
  /** Whether all nodes of the API share the store. If not, a proof is valid once per node. */
  readonly shared: boolean
  /**
   * Adds `key` (printable ASCII, at most 172 characters) and says whether it was new, in one atomic step. It must be
   * remembered until `expiresAt` (Unix seconds). A store that cannot do so throws or rejects: it must never forget or
   * guess.
   *
   * A store that limits the share of one key answers `share_spent` for a proof that it has not taken; the guard then
   * answers 429 to that key only. A store that has not remembered everything since `holder.usableFrom`, because it was
   * emptied or failed over, answers `forgotten`; the guard then refuses the proof as too old.
   */
  addIfAbsent(key: string, expiresAt: number, holder: ProofHolder): Eventually<ReplayAnswer>
}

/** Whose proof it is. */
export interface ProofHolder {
  /** Thumbprint of the installation key. */
  readonly jkt: string
  readonly tier: Tier
  /** Unix seconds, by the guard's clock: before then no guard with the same settings accepts the proof. */
  readonly usableFrom: number
}

export type ReplayAnswer = boolean | 'share_spent' | 'forgotten'
