/** Kind of a vouching key, the key with which hardware vouches: each scheme of evidence has its own. */
export type VouchingKeyKind = string

/**
 * Kinds of bans of installations that no hardware key vouches for: by the thumbprint (RFC 7638) of the installation key, or
 * by the name that the tokens of one API have for it.
 */
export const installationBanKinds = { key: 'installation-key', name: 'installation-name' } as const

/** Entries that an app may have at a time: of operators, and as many of support. */
export const mostAllowEntries = 100
/** Maximum days that an entry lasts. */
export const longestAllowEntry = 90
/** Seconds for which somebody from support lets an installation through, at most. */
export const longestLetThrough = 86_400
/** Installations that one key lets through on a day (UTC). */
export const letThroughsPerDay = 10
