/** Body of `POST /v1/challenges`. */
export interface ChallengeRequest {
  app: string
  build: string
  sdk: string
  /**
   * JWK thumbprint of the installation key. Left out where the key is yet to be made and attested by the device's
   * secure hardware, as installation key and anchor in one.
   */
  key?: string | undefined
  audiences: string[]
}

/**
 * What platform evidence is for: to make the installation known, or to show that it is still the one that is remembered,
 * at no cost of a vendor call.
 */
export type EvidencePurpose = 'enrolment' | 'refresh'

/** Answer to `POST /v1/challenges`. */
export interface ChallengeResponse {
  /** The same value as in the field `OAuth-Client-Attestation-Challenge`. */
  attestation_challenge: string
  /** The measurement plan: base64url of its exact bytes. */
  plan: string
  /** Seconds for which the challenge is good. */
  expires_in: number
  /**
   * Evidence that the service would judge now; none where it is left out. `refresh` where it remembers evidence for
   * this key that is still young enough.
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
  /** Seconds from now. Clients count duration, they do not compare `exp` with their clock. */
  expires_in: number
}

/** Answer to `POST /v1/attestations`. */
export interface AttestationResponse {
  tokens: IssuedToken[]
  /** Seconds after which to attest again. */
  refresh_after: number
  /** Unix seconds at the service, from which a client learns how wrong its clock is. */
  server_time: number
  trace: string
}
