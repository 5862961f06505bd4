declare const verified: unique symbol

/**
 * Claims that a format has verified. Only a format's `verify` makes one, and only `Verified` claims can be
 * appraised, so appraising what was merely parsed does not compile.
 */
export interface Verified<Claims> {
  readonly [verified]: true
  /** Name of the format that verified them. */
  readonly format: string
  readonly claims: Readonly<Claims>
}

/** For the formats of this package only, and not exported from it: marks claims as verified, and freezes them. */
export function asVerified<Claims extends object>(format: string, claims: Claims): Verified<Claims> {
  return Object.freeze({ format, claims: Object.freeze(claims) }) as Verified<Claims>
}
