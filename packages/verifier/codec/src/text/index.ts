/**
 * The bytes that `text` encodes; `undefined` unless it is canonical base64url without padding: the one text that its
 * bytes have. By Node's decoder, which is lenient and four times as fast as a strict one; what is not canonical comes out
 * otherwise than it went in.
 */
export function decodeCanonicalBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that `bytes` encode, a byte order mark included; `undefined` unless they are well-formed UTF-8 to the last byte. */
export function decodeStrictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
