/** HTTP fields of draft-ietf-oauth-attestation-based-client-auth-10 and RFC 9449, and the service's own. */
export const headerNames = {
  attestation: 'OAuth-Client-Attestation',
  attestationPop: 'OAuth-Client-Attestation-PoP',
  attestationChallenge: 'OAuth-Client-Attestation-Challenge',
  dpop: 'DPoP',
  dpopNonce: 'DPoP-Nonce',
  /** In every answer of the attestation service: identifies the exchange to the operator. */
  trace: 'Assay-Trace',
  /** To the service, with the file of a build: who made it. A compact JWS. */
  provenance: 'Assay-Provenance',
  /**
   * To a protected API, in place of token and proof: the client error code because of which this request goes without
   * them, if the app chose to send it. It distinguishes an app that tried and failed from a caller without the SDK, but
   * proves nothing.
   */
  status: 'Assay-Status',
} as const

/** Explicit types (`typ`) of the JWTs in this protocol. */
export const jwtTypes = {
  attestation: 'oauth-client-attestation+jwt',
  attestationPop: 'oauth-client-attestation-pop+jwt',
  /** An access token (RFC 9068 section 2.1). */
  access: 'at+jwt',
  dpop: 'dpop+jwt',
} as const

export const mediaTypes = {
  json: 'application/json',
  problem: 'application/problem+json',
  jwks: 'application/jwk-set+json',
  apk: 'application/vnd.android.package-archive',
  /** Neither is registered: an app bundle, and a set of split APKs. */
  aab: 'application/x-android-app-bundle',
  apks: 'application/x-android-apk-set',
  /** Not registered; what stores of apps outside Apple's call it. */
  ipa: 'application/x-ios-app',
  zip: 'application/zip',
} as const

/** Paths of the attestation service. */
export const paths = {
  challenges: '/v1/challenges',
  attestations: '/v1/attestations',
  developmentTokens: '/v1/development-tokens',
  jwks: '/.well-known/jwks.json',
  /** The key of development tokens, which is in no other set. */
  developmentJwks: '/.well-known/development-jwks.json',
  metadata: '/.well-known/assay',
  /** OpenID discovery: for gateways that look for the JWKS there. */
  openidConfiguration: '/.well-known/openid-configuration',
  openapi: '/openapi.json',
  live: '/livez',
  ready: '/readyz',
} as const
