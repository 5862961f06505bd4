/** A case of the guard's core as plain JSON, so that any runtime can read it. */
export interface CoreCase {
  readonly name: string
  readonly guard: {
    readonly jwks: { readonly keys: readonly object[] }
    readonly mode?: 'bound' | 'bearer'
    readonly apps?: readonly string[]
    readonly tiers?: readonly ('affirming' | 'warning')[]
    readonly proofs?: readonly ('dpop_combined' | 'attestation_pop_jwt')[]
    readonly publicBaseUrl?: string
    /** Whether proofs must carry a nonce of the guard. */
    readonly nonces?: boolean
  }
  /** Sent one after the other to one guard. */
  readonly requests: readonly CoreRequest[]
  /** The expected result of each: `ok`, or the guard's code. */
  readonly expect: readonly string[]
}

export interface CoreRequest {
  readonly method: string
  readonly url: string
  /** As a record with arrays, or as a `Request` of the runtime's own. */
  readonly as: 'record' | 'Request'
  readonly headers: readonly (readonly [string, string])[]
}

export interface CoreResult {
  readonly name: string
  readonly fault?: string | undefined
}
