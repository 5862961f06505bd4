import { createPublicKey, type KeyObject } from 'node:crypto'
import { equalNames, parseCertificate, readValidity, type Certificate } from '@assay/codec/x509'
import type { AttestationContext } from '../context.ts'
import { AppAttestError } from '../errors.ts'
import type { VerifiedIntermediate } from '../intermediates.ts'
import { reading } from '../reading.ts'
import { isSignedBy } from '../signed-by.ts'
import type { AppAttestAnchor } from '../trust-anchors.ts'
import { checkCertificateAuthority } from './certificate-authority.ts'
import { checkCriticalExtensions } from './critical-extensions.ts'

/** An anchor has issued the intermediate, and it may issue certificates. What holds for good is remembered. */
export function checkIntermediate(
  encoded: Uint8Array,
  { anchors, intermediates }: Pick<AttestationContext, 'anchors' | 'intermediates'>,
): VerifiedIntermediate {
  const known = intermediates.get(encoded)
  // Anchors may have changed since.
  if (known !== undefined && anchors.includes(known.anchor)) return known
  const certificate = reading('APP_ATTEST_CERTIFICATE', () => parseCertificate(encoded))
  const anchor = checkAnchor(certificate, anchors)
  checkCertificateAuthority(certificate)
  checkCriticalExtensions(certificate)
  const verified = {
    anchor,
    key: publicKeyOf(certificate),
    subject: certificate.subject,
    validity: reading('APP_ATTEST_CERTIFICATE', () => readValidity(certificate.validity)),
  }
  intermediates.set(encoded, verified)
  return verified
}

/** Several anchors may have one name; the key decides. */
function checkAnchor(certificate: Certificate, anchors: readonly AppAttestAnchor[]): AppAttestAnchor {
  const named = reading('APP_ATTEST_CERTIFICATE', () =>
    anchors.filter(({ subject }) => equalNames(certificate.issuer, subject)),
  )
  if (named.length === 0) throw new AppAttestError('APP_ATTEST_ANCHOR')
  const anchor = named.find(({ key }) => isSignedBy(certificate, key))
  if (anchor === undefined) throw new AppAttestError('APP_ATTEST_INTERMEDIATE_SIGNATURE')
  return anchor
}

const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1']

function publicKeyOf({ spki }: Certificate): KeyObject {
  const key = importKey(spki)
  if (!curves.includes(key.asymmetricKeyDetails?.namedCurve)) {
    throw new AppAttestError('APP_ATTEST_INTERMEDIATE_KEY')
  }
  return key
}

function importKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new AppAttestError('APP_ATTEST_INTERMEDIATE_KEY', { cause })
  }
}
