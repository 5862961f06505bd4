import type { PublicJwk } from './jwk.ts'
import type { DeniedRemedy } from './remedy.ts'
import type { TokenKind, TokenType } from './tier.ts'

/** Body of `POST /v1/challenges`. */
export interface ChallengeRequest {
  /** Version of the wire that the SDK speaks; 1 if it is left out. Read before anything else in the body. */
  v?: number | undefined
  app: string
  build: string
  sdk: string
  /**
   * JWK thumbprint of the installation key. Left out if the key has yet to be made and attested by the device's secure
   * hardware, as both installation key and vouching key.
   */
  key?: string | undefined
  audiences: string[]
  /**
   * What the client is about to do. `refresh` needs a `key`. No store is read to check it: a client that refreshes but
   * is not remembered gets `enrolment_required` for its client data, and asks again. Required of apps that are
   * registered for platform evidence; the service remembers nothing about others.
   */
  purpose?: EvidencePurpose | undefined
  /**
   * ABI of the native code in this installation, in the form of {@link abiPattern}. Only for builds registered from an
   * AAB or from split APKs.
   */
  abi?: string | undefined
  /**
   * Shape of this installation: what names and lengths of its segments come to, in the form of {@link shapePattern}. It
   * only selects among what stores made of the build and is registered; a shape that nothing registered has, or none,
   * selects the image that was registered first for the ABI.
   */
  shape?: string | undefined
  /**
   * base64url(SHA-256) of the plan that the client holds, or an empty text: it holds none. Then the challenge names its plan
   * by the digest, and so does client data; the answer leaves out the plan that the client holds.
   */
  plan?: string | undefined
  /** The kinds of token that the SDK can send, each once. Only `attestation` if it is left out. */
  token_kinds?: TokenKind[] | undefined
  /**
   * Codes of failures of the SDK that the service has not seen: a client error code, and after `:` the code of its
   * cause if that has one. At most {@link mostFailures}, {@link longestFailures} bytes in total. Unsigned, so it
   * proves nothing.
   */
  failures?: string[] | undefined
}

/**
 * The purpose of platform evidence: to make the installation known, or to show that it is still the
 * remembered one, without a vendor call.
 */
export const evidencePurposes = ['enrolment', 'refresh'] as const
export type EvidencePurpose = (typeof evidencePurposes)[number]

/** Answer to `POST /v1/challenges`. */
export interface ChallengeResponse {
  /** The same value as in the field `OAuth-Client-Attestation-Challenge`. */
  attestation_challenge: string
  /** The measurement plan: base64url of its exact bytes. Left out: it is the one that the request names. */
  plan?: string
  /** Seconds for which the challenge is valid. */
  expires_in: number
  /**
   * The `purpose` of the request, if the app is registered for platform evidence; otherwise left out, and no evidence
   * is judged.
   */
  evidence?: EvidencePurpose
}

/** One piece of platform evidence. Further members belong to the format. */
export interface EvidenceItem {
  format: string
  [member: string]: unknown
}

/** Body of `POST /v1/attestations`. */
export interface AttestationRequest {
  /** Base64url of the exact bytes of the client data. */
  client_data: string
  /** Base64url of the ES256 signature (64 bytes, r then s) by the installation key. */
  signature: string
  evidence: EvidenceItem[]
}

/** A token for one audience. */
export interface IssuedToken {
  audience: string
  token: string
  /** The scheme under which `Authorization` takes it: the token is of the kind `access`. Left out: `attestation`. */
  token_type?: TokenType
  /** Seconds from now. Clients measure durations; they do not compare `exp` with their clock. */
  expires_in: number
}

/** Answer to `POST /v1/attestations`. */
export interface AttestationResponse {
  tokens: IssuedToken[]
  /** What the user can do about the APIs that were asked for and have no token, where the operator lets the app say it. */
  remedies?: DeniedRemedy[]
  /** Seconds after which to attest again. */
  refresh_after: number
  /** Unix seconds at the service, from which a client learns how far its clock is off. */
  server_time: number
  trace: string
}

/**
 * Body of `POST /v1/development-tokens`: requests a token, without appraisal, for an app and an API that are registered
 * for development. The answer is an {@link AttestationResponse} whose tokens have the tier `none` and the claim
 * `development`.
 */
export interface DevelopmentTokenRequest {
  /** As in a {@link ChallengeRequest}. */
  v?: number | undefined
  app: string
  build: string
  sdk: string
  /** The public installation key. */
  key: PublicJwk
  audiences: string[]
  /** A development secret of a person or a pipeline. */
  secret: string
}
