import { longestTokenLifetime } from '@assay/protocol'

const hour = 3600
const day = 24 * hour

/** Seconds for which relying parties cache a JWKS, and by which their clocks may be wrong. */
const relyingParty = { cache: 600, skew: 300 }

/** Planned rotation, in seconds. */
export const rotationSchedule = {
  /** From publication to first use: longer than any cache. */
  publishAhead: day,
  /** How long one key signs. */
  signFor: 90 * day,
  /**
   * From the last use to the end of publication: until the last token has expired everywhere and every cache has been
   * read again, at least an hour.
   */
  keepPublished: Math.max(longestTokenLifetime.bound + relyingParty.cache + relyingParty.skew, hour),
  /** Seconds by which publication of a key must outlast the issue of a token, for the key to be chosen for signing. */
  leastPublished: longestTokenLifetime.bound + relyingParty.skew,
} as const
