import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { DerReader } from '@assay/codec/der'
import type { Certificate } from '@assay/codec/x509'
import { AndroidKeyError, reading } from './errors.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import type { ChainKind } from './check-chain.ts'

/**
 * Each certificate must be signed by the key of the next one. The check runs from the root down, so that every key used
 * is vouched for, and never uses the key of the leaf, which Node may be unable to load.
 *
 * Nothing else of X.509 is checked: the attestation certificates of genuine devices say that they are not a CA, exceed
 * path lengths, or lack keyCertSign. `checkAttestationExtension` makes sure that the chain is not extended.
 */
export function checkSignatures(
  certificates: readonly Certificate[],
  kind: ChainKind,
  issuers: IssuerKeys,
): void {
  // A remotely provisioned attestation certificate belongs to one device for some weeks: not worth keeping its key.
  const shared = kind === 'remote' ? 2 : 1
  let key = issuerKey(certificates, shared, issuers)
  for (let i = shared - 1; i > 0; i--) {
    const certificate = certificates[i] as Certificate
    verifyCertificate(certificate, key)
    key = loadIssuerKey(certificate)
  }
  verifyCertificate(certificates[0] as Certificate, key)
}

/** The key of certificate `i`, itself verified up to the last one, whose key is an anchor's. */
function issuerKey(certificates: readonly Certificate[], i: number, issuers: IssuerKeys): KeyObject {
  const { signed, written } = pathDigests(certificates.slice(i))
  const known = issuers.get(signed)
  if (known?.written === written) return known.key
  const certificate = certificates[i] as Certificate
  if (i < certificates.length - 1) verifyCertificate(certificate, issuerKey(certificates, i + 1, issuers))
  const key = loadIssuerKey(certificate)
  issuers.set(signed, { key, written })
  return key
}

/**
 * Only the key of the last certificate counts, which is an anchor's: anybody can make up everything else in it. DER
 * says where it ends, so that two paths do not run together into one.
 */
function pathDigests(path: readonly Certificate[]): { signed: string; written: string } {
  const [signed, written] = [createHash('sha256'), createHash('sha256')]
  const root = path.at(-1) as Certificate
  for (const { tbs, encoded } of path.slice(0, -1)) {
    signed.update(tbs)
    written.update(encoded)
  }
  return {
    signed: signed.update(root.spki).digest('base64'),
    written: written.update(root.spki).digest('base64'),
  }
}

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
 * The key of the issuer must have signed the certificate.
 *
 * @throws AndroidKeyError `ANDROID_KEY_ALGORITHM`, `ANDROID_KEY_SIGNATURE`
 */
function verifyCertificate(certificate: Certificate, issuer: KeyObject): void {
  const algorithm = algorithmOf(certificate)
  if (algorithm === undefined || issuer.asymmetricKeyType !== algorithm.keyType)
    throw new AndroidKeyError('ANDROID_KEY_ALGORITHM')
  const { tbs, signature, unusedSignatureBits } = certificate
  if (unusedSignatureBits !== 0 || !verify(algorithm.hash, tbs, issuer, signature))
    throw new AndroidKeyError('ANDROID_KEY_SIGNATURE')
}

/**
 * @throws AndroidKeyError `ANDROID_KEY_ALGORITHM` if Node cannot load the key: because it is broken or of an unusable
 * kind
 */
function loadIssuerKey({ spki }: Certificate): KeyObject {
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
