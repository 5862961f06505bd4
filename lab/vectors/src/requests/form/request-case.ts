/** The parts of `packages/shared/vectors/requests.json`, each with all its names resolved. Nothing of Node is used here. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** How a verifier is set up. Times are in seconds; what is left out has the guard's default. */
export interface Configuration {
  readonly issuer: string
  readonly audience: string
  readonly apps: readonly string[]
  readonly tiers: readonly ('affirming' | 'warning' | 'contraindicated')[]
  readonly mode: 'bound' | 'bearer'
  readonly token_kind?: 'attestation' | 'access'
  /** A JWKS, or where it is fetched. */
  readonly jwks: { readonly keys: readonly Json[] } | FetchedKeys
  readonly proofs?: readonly ('dpop_combined' | 'attestation_pop_jwt')[]
  readonly enforcement?: 'enforce' | 'observe'
  readonly public_base_url?: string | { readonly forwarded: readonly string[] }
  readonly clock_tolerance?: number
  readonly proof_max_age?: number
  readonly max_field_length?: number
  readonly development?: true
  readonly allow_listed?: true
  readonly resource_metadata?: string
  readonly deny_list?: readonly { readonly kind: string; readonly value: string; readonly app?: string }[]
  /** The secret of the nonces, and the 12 bytes that their source of randomness gives each time: both base64url. */
  readonly nonces?: { readonly key: string; readonly random: string; readonly lifetime?: number }
  readonly status_list?: {
    readonly max_age?: number
    readonly stale_if_error?: number
    readonly when_stale?: 'serve' | 'fail'
    readonly timeout?: number
  }
  /** Proofs that the store in memory holds. */
  readonly replay_capacity?: number
}

export interface FetchedKeys {
  readonly url: string
  readonly max_age?: number
  readonly cooldown?: number
  readonly stale_if_error?: number
  readonly max_bytes?: number
  readonly timeout?: number
}

/** The answer to each fetch of a URL: an error where it `fails`, and none at all where it `hangs`. */
export type ServedDocument =
  | { readonly fails: true }
  | { readonly hangs: true }
  | {
      readonly status: number
      readonly fields?: Readonly<Record<string, string>>
      readonly text?: string
      /** Base64url, in place of `text`. */
      readonly bytes?: string
      /** Spaces after the text. */
      readonly spaces?: number
    }

/** Parts of a verifier that can be out of order. */
export const ports = ['crypto', 'replay_store', 'nonces', 'deny_list', 'request'] as const
export type Port = (typeof ports)[number]

export interface Step {
  /** Unix seconds; null: the clock gives none. */
  readonly now: number | null
  /** What is served from this step on, by URL. Any other URL has 404. */
  readonly documents?: Readonly<Record<string, ServedDocument>>
  /** What throws, in this step. */
  readonly failing?: readonly Port[]
  readonly request: RawRequest
}

export interface RawRequest {
  readonly method: string
  /** As in the request line. */
  readonly target: string
  /** In the order in which they came. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** What a verifier decides about one request. */
export interface StatedDecision {
  /** 200: the request may be served. */
  readonly status: number
  /** For the log: `ok`, or the code of the refusal or malfunction. */
  readonly code: string
  /** Code of the problem document, for the caller. */
  readonly answer?: string
  /** Fields of the response, but for the two that every refusal has. */
  readonly fields: Readonly<Record<string, string>>
  /** What the API learns of the caller. */
  readonly attested?: Readonly<Record<string, Json>>
}

export interface RequestCase {
  readonly id: string
  /** What an implementation must have for the case to mean anything to it. */
  readonly needs?: string
  /** The clause of a standard, or the section of a page of ours, that the decision follows from. */
  readonly clause: string
  readonly input: { readonly configuration: Configuration; readonly steps: readonly Step[] }
  /** Of each step. */
  readonly output: readonly StatedDecision[]
}

/** A configuration with which no verifier starts. */
export interface MisuseCase extends Omit<RequestCase, 'output'> {
  readonly error: 'MISUSE'
}
