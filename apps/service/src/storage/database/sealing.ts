import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { StorageError } from '../errors/storage-error.ts'

/** Seals values in the database with a key that is kept elsewhere. */
export interface Sealing {
  /** The envelope opens only under the same name. */
  seal(name: string, value: Uint8Array): Buffer
  /** Throws `STORAGE_SEALED_VALUE` for anything but the whole envelope that was sealed under this name and key. */
  open(name: string, envelope: Uint8Array): Buffer
}

const algorithm = 'aes-256-gcm'
const label = 'assay/sealed/1\0'
const version = 1
const nonceLength = 12
const tagLength = 16
const headLength = 1 + nonceLength + tagLength

/**
 * AES-256-GCM. Envelope: version (1 byte, 1), nonce (12), tag (16), ciphertext. The additional data are the label
 * `assay/sealed/1`, a zero byte and the name, so that one sealed value cannot be put in place of another.
 *
 * @param key 32 bytes, kept outside the data folder
 */
export function createSealing(key: Uint8Array): Sealing {
  if (!(key instanceof Uint8Array)) throw misuse('ERR_INVALID_ARG_TYPE', 'the sealing key must be bytes')
  if (key.length !== 32) throw misuse('ERR_INVALID_ARG_VALUE', 'the sealing key must have 32 bytes')
  const secret = createSecretKey(key)
  const additionalData = (name: string) => Buffer.from(label + name, 'utf8')
  return {
    seal(name, value) {
      // Not an argument: a caller could choose the same nonce twice, which would reveal the key.
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv(algorithm, secret, nonce, { authTagLength: tagLength })
      cipher.setAAD(additionalData(name))
      const sealed = Buffer.concat([cipher.update(value), cipher.final()])
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed])
    },
    open(name, envelope) {
      if (envelope.length < headLength || envelope[0] !== version) throw doesNotOpen()
      const nonce = envelope.subarray(1, 1 + nonceLength)
      const decipher = createDecipheriv(algorithm, secret, nonce, { authTagLength: tagLength })
      decipher.setAAD(additionalData(name))
      decipher.setAuthTag(envelope.subarray(1 + nonceLength, headLength))
      const value = decipher.update(envelope.subarray(headLength))
      try {
        return Buffer.concat([value, decipher.final()])
      } catch (cause) {
        throw doesNotOpen(cause)
      }
    },
  }
}

function doesNotOpen(cause?: unknown): StorageError {
  return new StorageError('STORAGE_SEALED_VALUE', undefined, { cause })
}

function misuse(code: 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE', message: string): TypeError {
  return Object.assign(new TypeError(message), { code })
}
