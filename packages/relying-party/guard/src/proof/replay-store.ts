import type { Eventually } from '../crypto/guard-crypto.ts'

/** Remembers proofs, so that each is used once. */
export interface ReplayStore {
  /** Whether every node of the API asks the same store. Without it, a proof is good once per node. */
  readonly shared: boolean
  /**
   * Adds `key` (printable ASCII, at most 172 characters) and says whether it was new, in one atomic step. It must be
   * remembered until `expiresAt` (Unix seconds). A store that cannot do so throws or rejects: never forget, never guess.
   */
  addIfAbsent(key: string, expiresAt: number): Eventually<boolean>
}
