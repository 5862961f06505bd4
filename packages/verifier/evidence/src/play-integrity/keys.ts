import { invalidArgument } from '@assay/protocol'
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'

/** The two keys of an app's classic requests, as issued by the Play Console. */
export interface PlayIntegrityKeys {
  /** AES-256, wraps the key of each token. */
  readonly decryptionKey: KeyObject
  /** Public, on P-256: verifies each verdict. */
  readonly verificationKey: KeyObject
}

/**
 * Reads the keys from the base64 texts of the Play Console.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless they are 32 bytes and a SubjectPublicKeyInfo on P-256
 */
export function playIntegrityKeys(texts: { decryption: string; verification: string }): PlayIntegrityKeys {
  const secret = Buffer.from(texts.decryption, 'base64')
  if (secret.length !== 32) throw invalidArgument('the decryption key must have 32 bytes')
  return { decryptionKey: createSecretKey(secret), verificationKey: publicKeyFrom(texts.verification) }
}

function publicKeyFrom(base64: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
    if (isVerificationKey(key)) return key
  } catch {
    // OpenSSL's message is of no use to the operator, and could contain parts of the key.
  }
  throw invalidArgument('the verification key must be a public key on P-256')
}

export function isVerificationKey(key: KeyObject): boolean {
  return key.type === 'public' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
}
