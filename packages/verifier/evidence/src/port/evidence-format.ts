import type { Verified } from './verified.ts'

/** The name of a format in evidence, client data and policies. */
export interface FormatDescriptor {
  /** The `format` member of an evidence item: 1 to 64 lower-case letters, digits and hyphens. */
  readonly name: string
  readonly version: `${number}.${number}`
}

/**
 * The verification of one format, apart from settings and stores: what vectors, fuzzing and benchmarks run. `scheme.ts`
 * of the format wires it to {@link EvidenceScheme}, the port that the service knows.
 *
 * `parse` is pure: no clock, no I/O, no trust. Its input is a value that the strict JSON parser has already parsed (an
 * evidence item, or a member of client data) and about which nothing else is known: the format checks all of it, and
 * nobody parses the same bytes a second time. `verify` runs the ordered checks of the format and is the only maker of
 * {@link Verified}. Both throw `EvidenceError` for bad evidence; any other error is a malfunction and never a verdict.
 */
export interface EvidenceFormat<Parsed, Context, Claims> {
  readonly descriptor: FormatDescriptor
  parse(input: unknown): Parsed
  verify(parsed: Parsed, context: Context): Promise<Verified<Claims>>
}
