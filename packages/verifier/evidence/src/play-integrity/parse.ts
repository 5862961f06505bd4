import { decodeBase64url, type JsonObject } from '@assay/protocol'
import { exactMembers } from '../port/members.ts'
import { descriptor } from './descriptor.ts'
import { PlayIntegrityError } from './errors.ts'
import { decodeJsonObject } from './json-object.ts'

/** A classic token taken apart: a JWE in compact form (RFC 7516 7.1). Nothing of it is decrypted or verified. */
export interface ParsedToken {
  readonly header: JsonObject
  /** The protected header as it stands in the token, ASCII: what the tag also covers. */
  readonly additionalData: Uint8Array
  /** 40 bytes. */
  readonly encryptedKey: Uint8Array
  /** 12 bytes. */
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  /** 16 bytes. */
  readonly tag: Uint8Array
}

/** Real tokens take about 1 to 3 KiB. */
const longestToken = 16_384

/**
 * Takes an evidence item apart: `token`, as Google Play returned it.
 *
 * @throws PlayIntegrityError `PLAY_INTEGRITY_ITEM`, `PLAY_INTEGRITY_JWE_FORM`
 */
export function parse(input: unknown): ParsedToken {
  const item = exactMembers(input, ['format', 'token'])
  if (item?.format !== descriptor.name || typeof item.token !== 'string') {
    throw new PlayIntegrityError('PLAY_INTEGRITY_ITEM')
  }
  if (item.token.length > longestToken) throw new PlayIntegrityError('PLAY_INTEGRITY_JWE_FORM')
  const parts = item.token.split('.')
  if (parts.length !== 5) throw new PlayIntegrityError('PLAY_INTEGRITY_JWE_FORM')
  const [head, encryptedKey, iv, ciphertext, tag] = parts as [string, string, string, string, string]
  const header = decodeJsonObject(decodeBase64url(head))
  if (header === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_JWE_FORM')
  return {
    header,
    additionalData: Buffer.from(head, 'ascii'),
    encryptedKey: bytes(encryptedKey, 40),
    iv: bytes(iv, 12),
    ciphertext: bytes(ciphertext),
    tag: bytes(tag, 16),
  }
}

function bytes(text: string, length?: number): Uint8Array {
  const decoded = decodeBase64url(text)
  if (decoded === undefined || (length !== undefined && decoded.length !== length)) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_JWE_FORM')
  }
  return decoded
}
