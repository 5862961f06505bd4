import type { KeyObject } from 'node:crypto'

/** A key pair whose public half is also there as certificates hold it. */
export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Buffer
}
