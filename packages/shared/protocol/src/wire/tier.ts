/** EAR tiers (draft-ietf-rats-ear-03). They are compared as a set, never by order; `none` is accepted nowhere. */
export const tiers = ['affirming', 'warning', 'contraindicated', 'none'] as const
export type Tier = (typeof tiers)[number]

/** The tiers that an API may choose to accept. */
export const admissibleTiers = ['affirming', 'warning', 'contraindicated'] as const
export type AdmissibleTier = (typeof admissibleTiers)[number]

/** How a token is tied to its holder: `bound` needs a proof of possession with each request, `bearer` does not. */
export const tokenModes = ['bound', 'bearer'] as const
export type TokenMode = (typeof tokenModes)[number]

/**
 * What the tokens of an API are. `attestation`: a client attestation JWT, sent in `OAuth-Client-Attestation`. `access`: an
 * access token (RFC 9068), sent in `Authorization`, which stock resource servers verify.
 */
export const tokenKinds = ['attestation', 'access'] as const
export type TokenKind = (typeof tokenKinds)[number]

/** The scheme of a token of the kind `access`: `DPoP` (RFC 9449) in bound mode, `Bearer` (RFC 6750) in bearer mode. */
export const tokenTypes = ['DPoP', 'Bearer'] as const
export type TokenType = (typeof tokenTypes)[number]

/** What kind of software an app is. A web app and a mobile app are two apps. */
export const platforms = ['android', 'ios', 'web', 'node'] as const
export type Platform = (typeof platforms)[number]
