import { AppImageError } from '../../errors/app-image-error.ts'
import { malformedBlock, RecordReader } from './record-reader.ts'
import { attributeNumber, verifySigner } from './signer.ts'
import type { VerifiedSigner } from './signer.ts'

const mostSigners = 10
/** Names a newer scheme that the APK was also signed with, so that its removal is noticed. */
const strippingProtection = 0xbeeff00d
const knownSchemes = [2, 3]

/**
 * Verifies the signers of APK Signature Scheme v2. Every one must verify.
 *
 * @param newer whether a v3 block is there.
 * @throws AppImageError `APK_…`
 */
export function verifySchemeV2(
  value: Buffer,
  minSdk: number,
  maxSdk: number,
  newer: boolean,
): VerifiedSigner[] {
  const signers: VerifiedSigner[] = []
  for (const record of new RecordReader(value).record().records()) {
    if (signers.length === mostSigners) throw malformedBlock()
    const signer = verifySigner(record, { minSdk, maxSdk })
    checkNotStripped(signer, newer)
    signers.push(signer)
  }
  if (signers.length === 0) throw malformedBlock()
  return signers
}

function checkNotStripped(signer: VerifiedSigner, newer: boolean): void {
  for (const attribute of signer.attributes) {
    if (attribute.id !== strippingProtection) continue
    const scheme = attributeNumber(attribute)
    if (knownSchemes.includes(scheme) && !(scheme === 3 && newer)) {
      throw new AppImageError('APK_SCHEME_STRIPPED', 'a newer signature that scheme v2 names is missing')
    }
  }
}
