import type { AssayError } from './error.ts'

/** What is told about tokens: never the tokens themselves. */
export interface TokenEvent {
  /** `token`: the first ones of this client; `refreshed`: some that replace earlier ones. */
  readonly name: 'token' | 'refreshed'
  /** For which APIs. */
  readonly audiences: readonly string[]
  /** Seconds until the first of the tokens expires. */
  readonly expiresIn: number
  /** Names the exchange to the operator. */
  readonly trace: string
  /** Seconds by which the clock of the device is behind that of the service; negative if it is ahead. */
  readonly clockOffset: number
  /** `exchange`: from the service now. `shared`: kept over a restart, or obtained by another process. */
  readonly source: 'exchange' | 'shared'
}

/** What happened, as `assay.on` tells it. No event carries a token. */
export type AssayEvent =
  | TokenEvent
  | {
      /** An exchange failed. Tokens at hand stay in use while they are valid. */
      readonly name: 'refresh-failed'
      readonly error: AssayError
      /** Seconds until the next attempt of the background. */
      readonly retryIn: number
    }
  /** The service denied the attestation. */
  | { readonly name: 'denied'; readonly error: AssayError }
  /** The installation key could not be used and was replaced. */
  | { readonly name: 'key-renewed' }
  /** Hardware could not attest a key, and another kind of evidence has to do. Android only. */
  | { readonly name: 'attestation-unavailable'; readonly vendorCode: string }

/**
 * The state of this installation. `idle`: no exchange yet. `attested`: there are tokens. `denied`: the last exchange was denied.
 * `failing`: the last exchange failed, and no token is still good. `unavailable`: the native part is missing, or of another version.
 */
export type AssayState = 'idle' | 'attested' | 'denied' | 'failing' | 'unavailable' | 'closed'

/** The state, and why it is no better. The same object until either changes. */
export interface AssayStatus {
  readonly state: AssayState
  /** Of the last exchange or call that failed; `undefined` where all is well. */
  readonly error: AssayError | undefined
}
