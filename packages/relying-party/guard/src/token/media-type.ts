/**
 * Whether `typ` is `expected` (lower case, without `application/`): compared as media types are, without regard to case
 * and with or without the prefix (RFC 7515 section 4.1.9).
 */
export function isJwtType(typ: unknown, expected: string): boolean {
  if (typ === expected) return true
  if (typeof typ !== 'string') return false
  const type = typ.toLowerCase()
  return type === expected || type === `application/${expected}`
}
