import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { DerReader } from '@assay/codec/der'
import type { Certificate } from '@assay/codec/x509'
import { AndroidKeyError } from '../errors.ts'
import { reading } from '../reading.ts'

interface SignatureAlgorithm {
  readonly keyType: 'ec' | 'rsa'
  readonly hash: 'sha256' | 'sha384' | 'sha512'
}

/** By object identifier. Devices sign with SHA-384 under P-256 keys and with SHA-256 under P-384 keys. */
const algorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['1.2.840.10045.4.3.2', { keyType: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { keyType: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { keyType: 'ec', hash: 'sha512' }],
  ['1.2.840.113549.1.1.11', { keyType: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { keyType: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { keyType: 'rsa', hash: 'sha512' }],
])

/**
 * The key of an issuer has signed the certificate.
 *
 * @throws AndroidKeyError `ANDROID_KEY_ALGORITHM`, `ANDROID_KEY_SIGNATURE`
 */
export function verifyCertificate(certificate: Certificate, issuer: KeyObject): void {
  const algorithm = algorithmOf(certificate)
  if (algorithm === undefined || issuer.asymmetricKeyType !== algorithm.keyType)
    throw new AndroidKeyError('ANDROID_KEY_ALGORITHM')
  if (!verify(algorithm.hash, certificate.tbs, issuer, certificate.signature))
    throw new AndroidKeyError('ANDROID_KEY_SIGNATURE')
}

/** @throws AndroidKeyError `ANDROID_KEY_ALGORITHM` if Node cannot load the key: a broken one, or of a kind of no use */
export function loadIssuerKey({ spki }: Certificate): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new AndroidKeyError('ANDROID_KEY_ALGORITHM', { cause })
  }
}

function algorithmOf({ signatureAlgorithm }: Certificate): SignatureAlgorithm | undefined {
  return reading('ANDROID_KEY_CERTIFICATE', () => {
    const identifier = new DerReader(signatureAlgorithm).enter()
    const algorithm = algorithms.get(identifier.readOid())
    // RSA has NULL for parameters, ECDSA has none; neither says anything.
    if (!identifier.atEnd) identifier.readNull()
    identifier.end()
    return algorithm
  })
}
