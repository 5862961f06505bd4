import type { ClockOffset } from '../remote/compared-clocks.ts'
import type { AdmissibleTier, Jwks, TokenKind, TokenMode } from '@assay/protocol'
import type { Decision, Enforcement } from './decision.ts'
import type { RemoteJwks } from '../remote/remote-keys.ts'
import type { StatusListOptions } from '../remote/remote-status.ts'
import type { NonceSource } from '../request/nonces.ts'
import type { ProofMethod } from '../request/presented.ts'
import type { ReplayStore } from '../request/replay-store.ts'
import type { GuardCrypto } from '../token/crypto.ts'
import type { DenyList } from '../token/deny-list.ts'

/**
 * Key of the option that accepts `http:` for a JWKS on a host other than this machine.
 *
 * @deprecated Anyone who can answer in the issuer's place can then mint tokens. For tests on closed networks.
 */
export const allowPlainHttp: unique symbol = Symbol('allowPlainHttp')

/**
 * What a route admits. Neither has a default: an empty list would admit nothing, and is refused as misuse.
 */
export interface AdmittedCallers {
  /** App ids. At least one. */
  apps: readonly string[]
  /** At least one, and never `none`. */
  tiers: readonly AdmissibleTier[]
}

/** What the operator's hook learns about a request: never a token, a proof or a query. */
export interface JudgedRequest {
  readonly method: string
  readonly path: string | null
}

/** Times are in seconds unless said otherwise. */
export interface GuardOptions extends AdmittedCallers {
  /**
   * `iss` of the tokens: the public URL of the attestation service, in its normal form and without a trailing slash.
   */
  issuer: string
  /**
   * `aud` of the tokens: this API, character by character as registered with the service. With and without a trailing
   * slash are two APIs: each refuses tokens for the other (`TOKEN_AUDIENCE`).
   */
  audience: string
  /** The keys of the issuer, or where to fetch them. */
  jwks: Jwks | RemoteJwks
  /**
   * As registered for this API; default `attestation`. Tokens of the other kind, and requests with both, are refused.
   * `access`: access tokens in `Authorization`, with a proof that covers them unless the mode is `bearer`.
   */
  tokenKind?: TokenKind
  /** As registered for this API. Tokens of the other mode are refused. */
  mode: TokenMode
  /**
   * `enforce` (default): only `tiers` are let through. `observe`: every tier that a token can have is let through and
   * reported. Both refuse a request without a valid token and proof: only the tier is a matter of degree.
   */
  enforcement?: Enforcement
  /** Proof methods for bound attestation tokens. Default `['dpop_combined']`. */
  proofs?: readonly ProofMethod[]
  /**
   * The base of this API's URLs as callers see it; `htu` must be this plus the path of the request as the guard sees it.
   * Default: the audience. If that has a path, this must be the origin, unless a proxy strips the path. `forwarded`:
   * one of these origins, as stated by `X-Forwarded-Proto` and `X-Forwarded-Host`, which the proxy must set and never
   * pass on.
   */
  publicBaseUrl?: string | { forwarded: readonly string[] }
  /** Unix milliseconds. */
  clock: () => number
  /** How far clocks may differ. 0 to 300; default 10. */
  clockTolerance?: number
  /** How old a proof may be. 1 to 600; default 60. */
  proofMaxAge?: number
  /** Default: in memory, for one process, 100,000 proofs. */
  replayStore?: ReplayStore
  /** With it, every proof must carry one of its nonces. */
  nonces?: NonceSource
  denyList?: DenyList
  /** Default: none, so a retired build or a banned installation goes on until its token expires. */
  statusList?: StatusListOptions
  /** Default: Web Crypto. On Node, `createNodeCrypto()` of `@assay/guard/node` is faster. */
  crypto?: GuardCrypto
  /** Maximum number of verified tokens kept, about 2 kB each. 1 to 1,000,000; default 10,000. */
  tokenCacheSize?: number
  /** Maximum characters of token and proof together. 1,024 to 16,384; default 6,144. */
  maxFieldLength?: number
  /** Maximum wait for a store, deny list or nonce source, in seconds. 0.01 to 60; default 2. */
  portTimeout?: number
  /** URL of the API's metadata (RFC 9728), sent with each 401: see `createResourceMetadata`. Default: none is sent. */
  resourceMetadata?: string
  /**
   * For the operator's log. Called once for each decision; what it throws or rejects with goes to `onFault`. It takes the place of the
   * warnings that a guard on Node gives by itself: log `decision.detail`, too, or call `createWarnings` in it.
   */
  onDecision?: (decision: Decision, request: JudgedRequest) => void
  /**
   * For the operator's metrics: called with the difference to the clock of the service, as the `Date` of each fetched
   * JWKS and status list shows it. What it throws or rejects with goes to `onFault`.
   */
  onClock?: (offset: ClockOffset) => void
  /** Called with what `onDecision`, `onClock`, `onStale` or `waitUntil` throws or rejects with. */
  onFault?: (fault: unknown) => void
  /**
   * For development and tests: accepts only development tokens, for which nothing was appraised. `jwks` must then be
   * those for development. With `NODE_ENV=production` this is misuse; a runtime without `process.env`, such as workerd,
   * does not have that barrier.
   */
  development?: true
  /**
   * Lets through test devices on the allow list of the service (claim `allowed`), whatever their tier. Default: their
   * tier counts as for any other device.
   */
  allowListed?: true
  /** @deprecated See {@link allowPlainHttp}. */
  [allowPlainHttp]?: boolean
}

/** Every member that options may have. */
export const guardMembers: Readonly<Record<keyof GuardOptions, true>> = {
  issuer: true,
  audience: true,
  jwks: true,
  tokenKind: true,
  mode: true,
  apps: true,
  tiers: true,
  enforcement: true,
  proofs: true,
  publicBaseUrl: true,
  clock: true,
  clockTolerance: true,
  proofMaxAge: true,
  replayStore: true,
  nonces: true,
  denyList: true,
  statusList: true,
  crypto: true,
  tokenCacheSize: true,
  maxFieldLength: true,
  portTimeout: true,
  resourceMetadata: true,
  onDecision: true,
  onClock: true,
  onFault: true,
  development: true,
  allowListed: true,
  [allowPlainHttp]: true,
}
