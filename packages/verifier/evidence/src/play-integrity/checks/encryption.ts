import { createDecipheriv, type KeyObject } from 'node:crypto'
import { PlayIntegrityError } from '../errors.ts'
import type { EncryptedToken } from '../parse.ts'
import { checkProtectedHeader } from './protected-header.ts'

/** RFC 3394 2.2.3.1: what the unwrapped key is recognised by. */
const defaultInitialValue = Buffer.alloc(8, 0xa6)

/** The token is encrypted to this app, by the algorithms of the profile, and unchanged. Returns its content. */
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
