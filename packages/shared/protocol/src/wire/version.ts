/** Versions of the wire that this code speaks, ascending. */
export const wireVersions: readonly number[] = [1]

/** What a request says about the wire's version. */
export type WireVersion = 'supported' | 'unsupported' | 'malformed'

/**
 * Reads the version of a request before anything else is asked of its form: a later version may have another form.
 *
 * @param body a JSON value, of any form
 * @returns `malformed` where `v` is there and no whole number from 1
 */
export function readWireVersion(body: unknown): WireVersion {
  const { v = 1 } = Object(body) as { v?: unknown }
  if (!Number.isSafeInteger(v) || (v as number) < 1) return 'malformed'
  return wireVersions.includes(v as number) ? 'supported' : 'unsupported'
}
