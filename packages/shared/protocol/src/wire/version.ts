/** Versions of the wire that this code speaks, ascending. */
export const wireVersions: readonly number[] = [1]

/** What a request states about the wire's version. */
export type WireVersion = 'supported' | 'unsupported' | 'malformed'

/**
 * Reads the version of a request before its form is checked further: a later version may have another form.
 *
 * @param body a JSON value of any form
 * @returns `malformed` if `v` is present but not a whole number from 1
 */
export function readWireVersion(body: unknown): WireVersion {
  const { v = 1 } = Object(body) as { v?: unknown }
  if (!Number.isSafeInteger(v) || (v as number) < 1) return 'malformed'
  return wireVersions.includes(v as number) ? 'supported' : 'unsupported'
}
