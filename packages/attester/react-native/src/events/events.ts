import type { Remedy } from '@assay/client'
import type { AssayError } from '../errors/error.ts'

/** What events say about tokens: never the tokens themselves. */
export interface TokenEvent {
  /** `token`: the first ones of this client; `refreshed`: replacements for earlier ones. */
  readonly name: 'token' | 'refreshed'
  /** For which APIs. */
  readonly audiences: readonly string[]
  /** Seconds until the first of the tokens expires. */
  readonly expiresIn: number
  /** Identifies the exchange to the operator. */
  readonly trace: string
  /** Seconds by which the clock of the device is behind that of the service; negative if it is ahead. */
  readonly clockOffset: number
  /** `exchange`: from the service now. `shared`: kept across a restart, or obtained by another process. */
  readonly source: 'exchange' | 'shared'
}

/** What happened, as `assay.on` reports it. No event carries a token. */
export type AssayEvent =
  | TokenEvent
  | {
      /** An exchange failed. Existing tokens stay in use while they are valid. */
      readonly name: 'refresh-failed'
      readonly error: AssayError
      /** Seconds until the next attempt of the background. */
      readonly retryIn: number
    }
  /** The service denied the attestation. */
  | { readonly name: 'denied'; readonly error: AssayError; readonly remedy: Remedy | undefined }
  /** The installation key could not be used and was replaced. */
  | { readonly name: 'key-renewed' }
  /** Hardware could not attest a key, so another kind of evidence must suffice. Android only. */
  | { readonly name: 'attestation-unavailable'; readonly vendorCode: string }
  /** A large app's compressed code is inflated at each exchange, for want of space on disk. Android only. */
  | {
      readonly name: 'code-cache-unavailable'
      readonly reason: 'code_size' | 'free_space' | 'write_failed'
    }

/**
 * The state of this installation. `idle`: no exchange yet. `attested`: there are tokens. `denied`: the last exchange was denied.
 * `failing`: the last exchange failed, and no token is still valid. `unavailable`: the native part is missing, or of
 * another version.
 */
export type AssayState = 'idle' | 'attested' | 'denied' | 'failing' | 'unavailable' | 'closed'

/** The state, and the reason for it. The same object until either changes. */
export interface AssayStatus {
  readonly state: AssayState
  /** The error of the last failed exchange or call; `undefined` if all is well. */
  readonly error: AssayError | undefined
}
