import { decodeBase64url, type JsonObject } from '@assay/protocol'
import { z } from 'zod'
import { descriptor } from './descriptor.ts'
import { PlayIntegrityError } from './errors.ts'
import { decodeJsonObject } from '../port/json-object.ts'

/** A token; none of it is decrypted, decoded or verified. */
export interface ParsedToken {
  /** As it came. */
  readonly text: string
  /** The parsed JWE if it can be decrypted here; undefined for a token that only Google can read. */
  readonly encrypted: EncryptedToken | undefined
}

/** A parsed token that is a JWE in compact form (RFC 7516 7.1). */
export interface EncryptedToken {
  readonly header: JsonObject
  /** The protected header as it is in the token, ASCII: what the tag also covers. */
  readonly additionalData: Uint8Array
  /** 40 bytes. */
  readonly encryptedKey: Uint8Array
  /** 12 bytes. */
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  /** 16 bytes. */
  readonly tag: Uint8Array
}

/** Printable ASCII. Real tokens take about 1 to 3 KiB. */
const tokenPattern = /^[\x21-\x7e]{1,16384}$/

/** The form of an evidence item. */
export const itemSchema = z.strictObject({
  format: z.literal(descriptor.name),
  token: z.string().regex(tokenPattern),
})

/**
 * Parses an evidence item: `token`, as Google Play returned it. The form of a token that only Google reads is up to
 * Google, and may change: it is any printable text.
 *
 * @throws PlayIntegrityError `PLAY_INTEGRITY_ITEM`
 */
export function parse(input: unknown): ParsedToken {
  const item = itemSchema.safeParse(input)
  if (!item.success) throw new PlayIntegrityError('PLAY_INTEGRITY_ITEM')
  const { token: text } = item.data
  return { text, encrypted: parseEncrypted(text) }
}

function parseEncrypted(text: string): EncryptedToken | undefined {
  const parts = text.split('.')
  if (parts.length !== 5) return undefined
  const [head, ...others] = parts as [string, string, string, string, string]
  const header = decodeJsonObject(decodeBase64url(head))
  const [encryptedKey, iv, ciphertext, tag] = others.map(decodeBase64url)
  if (header === undefined || ciphertext === undefined) return undefined
  if (encryptedKey?.length !== 40 || iv?.length !== 12 || tag?.length !== 16) return undefined
  return { header, additionalData: Buffer.from(head), encryptedKey, iv, ciphertext, tag }
}
