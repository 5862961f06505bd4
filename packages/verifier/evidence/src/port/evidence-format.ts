/** What a format is called, in evidence, in client data and in policies. */
export interface FormatDescriptor {
  /** The `format` member of an evidence item: lower-case letters, digits and hyphens. */
  readonly name: string
  readonly version: `${number}.${number}`
}

declare const verified: unique symbol

/**
 * Claims that a format has verified. Only a format's `verify` makes one, and only `Verified` claims can be
 * appraised, so that appraising what was merely parsed does not compile.
 */
export interface Verified<Claims> {
  readonly [verified]: true
  readonly format: string
  readonly claims: Readonly<Claims>
}

/**
 * One kind of evidence.
 *
 * `parse` is pure: bytes to structure, no clock, no I/O, no trust. `verify` runs the ordered checks of the format
 * and is the only maker of {@link Verified}. Both throw {@link EvidenceError} for bad evidence; any other error is a
 * malfunction and never a verdict.
 */
export interface EvidenceFormat<Parsed, Context, Claims> {
  readonly descriptor: FormatDescriptor
  parse(input: Uint8Array): Parsed
  verify(parsed: Parsed, context: Context): Promise<Verified<Claims>>
}

/** For the formats in this package only: marks claims as verified. */
export function asVerified<Claims>(format: string, claims: Claims): Verified<Claims> {
  return { format, claims } as Verified<Claims>
}
