import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { AppImageError } from '../../errors/app-image-error.ts'

/** A signing certificate with its key. Only its bytes and its key matter: dates and issuer play no part in APKs. */
export interface SigningCertificate {
  der: Buffer
  key: KeyObject
  /** Hex. */
  sha256: string
}

/** @throws AppImageError `APK_CERTIFICATE` */
export function readCertificate(der: Buffer): SigningCertificate {
  if (!isOneElement(der)) throw unreadable()
  try {
    return {
      der,
      key: new X509Certificate(der).publicKey,
      sha256: createHash('sha256').update(der).digest('hex'),
    }
  } catch (cause) {
    throw unreadable(cause)
  }
}

/** @throws AppImageError `APK_CERTIFICATE` */
export function readPublicKey(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch (cause) {
    throw new AppImageError('APK_CERTIFICATE', 'the public key of a signer cannot be read', { cause })
  }
}

/** Whether the bytes are one SEQUENCE and nothing after it, which `X509Certificate` does not check. */
function isOneElement(der: Buffer): boolean {
  if (der.length < 2 || der[0] !== 0x30) return false
  const first = der[1] as number
  if (first < 0x80) return der.length === 2 + first
  const lengthOctets = first & 0x7f
  if (lengthOctets < 1 || lengthOctets > 4 || der.length < 2 + lengthOctets) return false
  return der.length === 2 + lengthOctets + der.readUIntBE(2, lengthOctets)
}

function unreadable(cause?: unknown): AppImageError {
  return new AppImageError('APK_CERTIFICATE', 'a signing certificate cannot be read', { cause })
}
