/** As in client data: 1 to 128 bytes of UTF-8, without control characters and lone surrogates. Not every Hermes knows `\p{…}`. */
export function isReference(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false
  const units = Array.from({ length: value.length }, (_, i) => value.charCodeAt(i))
  if (units.some((unit) => unit < 0x20 || (unit >= 0x7f && unit < 0xa0))) return false
  try {
    return encodeURIComponent(value).replace(/%../g, '.').length <= 128
  } catch {
    return false
  }
}
