import type { AppAttestKey } from './app-attest-key.ts'
import type { AssertedData } from './authenticator-data.ts'

/** Members of the CBOR object. */
export interface AssertionObject {
  readonly signature: Uint8Array
  readonly authenticatorData: Uint8Array
}

/** What happens on the way to an assertion, in this order. A fault replaces some of it. */
export interface AssertionSteps {
  readonly parts: (parts: AssertedData) => AssertedData
  /** The authenticator data that is signed. */
  readonly data: (data: Buffer) => Buffer
  readonly clientDataHash: (hash: Uint8Array) => Uint8Array
  readonly key: (key: AppAttestKey) => AppAttestKey
  /** In DER. */
  readonly signature: (signature: Buffer) => Buffer
  /** The authenticator data that is sent. */
  readonly sentData: (data: Buffer) => Buffer
  readonly object: (object: AssertionObject) => Readonly<Record<string, unknown>>
  readonly bytes: (encoded: Buffer) => Buffer
}

export const genuineAssertion: AssertionSteps = {
  parts: (parts) => parts,
  data: (data) => data,
  clientDataHash: (hash) => hash,
  key: (key) => key,
  signature: (signature) => signature,
  sentData: (data) => data,
  object: (object) => ({ ...object }),
  bytes: (encoded) => encoded,
}
