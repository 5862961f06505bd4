import { createDecipheriv, verify, type KeyObject } from 'node:crypto'
import { decodeStrictUtf8 } from '@assay/codec/text'
import { decodeBase64url, splitCompactJws, type JsonObject } from '@assay/protocol'
import { UnavailableError } from '../port/errors.ts'
import type { AndroidApp } from './context.ts'
import { UndecodableTokenError, type DecodeToken } from './decoding.ts'
import { PlayIntegrityError, type PlayIntegrityErrorCode } from './errors.ts'
import { decodeJsonObject } from '../port/json-object.ts'
import type { EncryptedToken } from './parse.ts'
import { parsePayload, type Payload } from './payload.ts'

/**
 * Google must recognise the token as one for the app's package. Returns its contents; a malformed answer is a
 * malfunction.
 */
export async function checkDecoding(
  token: string,
  { package: name }: AndroidApp,
  decode: DecodeToken,
): Promise<Payload> {
  const payload = await decoded(token, name, decode)
  try {
    return parsePayload(payload)
  } catch (cause) {
    throw new UnavailableError('the decoded answer is not a verdict', { cause })
  }
}

async function decoded(token: string, packageName: string, decode: DecodeToken): Promise<unknown> {
  try {
    return await decode(packageName, token)
  } catch (cause) {
    if (cause instanceof UndecodableTokenError)
      throw new PlayIntegrityError('PLAY_INTEGRITY_UNDECODABLE', { cause })
    throw cause
  }
}

/** RFC 3394 2.2.3.1: the value by which the unwrapped key is recognised. */
const defaultInitialValue = Buffer.alloc(8, 0xa6)

/** The token must be encrypted to this app, with the algorithms of the profile, and unchanged. Returns its content. */
export function checkEncryption(token: EncryptedToken | undefined, decryptionKey: KeyObject): Uint8Array {
  if (token === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_JWE_FORM')
  const { header } = token
  if (header.alg !== 'A256KW' || header.enc !== 'A256GCM') {
    throw new PlayIntegrityError('PLAY_INTEGRITY_JWE_HEADER')
  }
  checkProtectedHeader(header, 'PLAY_INTEGRITY_JWE_HEADER')
  return decrypt(token, unwrapKey(token, decryptionKey))
}

function unwrapKey({ encryptedKey }: EncryptedToken, decryptionKey: KeyObject): Uint8Array {
  const unwrap = createDecipheriv('id-aes256-wrap', decryptionKey, defaultInitialValue)
  try {
    return Buffer.concat([unwrap.update(encryptedKey), unwrap.final()])
  } catch (cause) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_KEY_UNWRAP', { cause })
  }
}

function decrypt({ iv, additionalData, ciphertext, tag }: EncryptedToken, key: Uint8Array): Uint8Array {
  const cipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
  cipher.setAAD(additionalData)
  cipher.setAuthTag(tag)
  const content = cipher.update(ciphertext)
  try {
    return Buffer.concat([content, cipher.final()])
  } catch (cause) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_DECRYPTION', { cause })
  }
}

/** The content must be a JWS signed by the app's verification key with ES256. Returns its payload. */
export function checkSignature(content: Uint8Array, verificationKey: KeyObject): Uint8Array {
  const { header, payload, signature, signingInput } = parseJws(content)
  if (header.alg !== 'ES256') throw new PlayIntegrityError('PLAY_INTEGRITY_JWS_HEADER')
  checkProtectedHeader(header, 'PLAY_INTEGRITY_JWS_HEADER')
  const key = { key: verificationKey, dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(signingInput), key, signature)) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_SIGNATURE')
  }
  return payload
}

function parseJws(content: Uint8Array) {
  const text = decodeStrictUtf8(content)
  const parts = text === undefined ? undefined : splitCompactJws(text)
  if (parts === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_JWS_FORM')
  const header = decodeJsonObject(decodeBase64url(parts.header))
  const payload = decodeBase64url(parts.payload)
  const signature = decodeBase64url(parts.signature)
  if (header === undefined || payload === undefined || signature === undefined)
    throw new PlayIntegrityError('PLAY_INTEGRITY_JWS_FORM')
  return { header, payload, signature, signingInput: parts.signingInput }
}

/**
 * Nothing is compressed, and no extension may be required: this format has none. Other members do not
 * count.
 */
function checkProtectedHeader(header: JsonObject, code: PlayIntegrityErrorCode): void {
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'zip')) throw new PlayIntegrityError(code)
}
