import { utf8 } from '@assay/protocol/encodings'
import { decodeBase64url } from '../encoding/base64url.ts'
import { parseJsonObject, type JsonObject } from '../encoding/strict-json.ts'
import { decodeUtf8 } from '../encoding/utf8.ts'

/** A JWS in compact form (RFC 7515 section 7.1), decoded and **not** verified. */
export interface DecodedJws {
  header: JsonObject
  payload: JsonObject
  /** The ASCII bytes that the signature is over. */
  signingInput: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

const bounds = { maxLength: 8192, maxDepth: 8 }

/** The parts of a JWS in compact form, still encoded: base64url has not been checked. */
export interface CompactJwsParts {
  header: string
  payload: string
  signature: string
  /** Header, dot, payload: the ASCII text that the signature is over. */
  signingInput: string
}

/** Exactly three non-empty parts, at most `maxLength` characters. `undefined` for anything else. */
export function splitCompactJws(text: string, maxLength = bounds.maxLength): CompactJwsParts | undefined {
  if (text.length > maxLength) return undefined
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  if (first <= 0 || second <= first + 1 || second === text.length - 1 || text.includes('.', second + 1))
    return undefined
  return {
    header: text.slice(0, first),
    payload: text.slice(first + 1, second),
    signature: text.slice(second + 1),
    signingInput: text.slice(0, second),
  }
}

/**
 * Splits and decodes strictly: exactly three non-empty base64url parts, header and payload each one JSON object
 * without duplicate members, at most 8,192 characters. `undefined` for anything else. Nothing in the result may be
 * trusted before the signature is verified.
 */
export function decodeCompactJws(text: string): DecodedJws | undefined {
  const parts = splitCompactJws(text)
  if (parts === undefined) return undefined
  const header = decodeObject(parts.header)
  const payload = decodeObject(parts.payload)
  const signature = decodeBase64url(parts.signature)
  if (header === undefined || payload === undefined || signature === undefined) return undefined
  return { header, payload, signingInput: utf8(parts.signingInput), signature }
}

function decodeObject(part: string): JsonObject | undefined {
  const bytes = decodeBase64url(part)
  const text = bytes === undefined ? undefined : decodeUtf8(bytes)
  return text === undefined ? undefined : parseJsonObject(text, bounds)
}
