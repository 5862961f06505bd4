import { DerReader } from '../der/reader.ts'

/** The period in which a certificate claims to be valid: both ends included, milliseconds since 1970. */
export interface Validity {
  readonly notBefore: number
  readonly notAfter: number
}

/**
 * Decodes a certificate's Validity structure. It does not compare it with any clock.
 *
 * @throws CodecError DER_VALUE if a time is not in the form that RFC 5280 4.1.2.5 asks for.
 */
export function readValidity(validity: Uint8Array): Validity {
  const outer = new DerReader(validity)
  const times = outer.enter()
  outer.end()
  const notBefore = times.readTime()
  const notAfter = times.readTime()
  times.end()
  return { notBefore, notAfter }
}
