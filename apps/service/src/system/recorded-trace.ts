import type { AttestationTrace } from '@assay/protocol/schemas'

/** A trace as it is kept, and by what else an operator finds it. */
export interface RecordedTrace extends AttestationTrace {
  /** Indexes of the names that tokens have, or would have, for the installation (`pseudonymIndex`). Left out: none. */
  names?: readonly number[]
  /** What the app calls its user, as a keyed digest. */
  reference?: Uint8Array | undefined
}
