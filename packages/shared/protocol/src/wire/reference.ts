import { utf8 } from '@assay/protocol/encodings'

/** Maximum bytes of a reference, in UTF-8. */
export const longestReference = 128

/**
 * Whether a value may be a reference, by which an app calls its user: 1 to {@link longestReference} bytes of UTF-8, without
 * control characters (U+0000 to U+001F, U+007F to U+009F) and lone surrogates.
 */
export function isReference(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[^\p{Cc}\p{Cs}]+$/u.test(value) && utf8(value).length <= longestReference
  )
}
