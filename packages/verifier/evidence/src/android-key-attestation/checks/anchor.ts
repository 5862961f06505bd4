import { createHash } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'
import type { TrustAnchor } from '../../port/verify-context.ts'
import { AndroidKeyError } from '../errors.ts'
import { softwareRoots } from '../trust-anchors.ts'

/**
 * The last certificate holds the key of an anchor; its dates and its own signature do not count. The roots of software
 * attestation are refused whatever the anchors are: everybody has their private keys.
 */
export function checkAnchor({ spki }: Certificate, anchors: readonly TrustAnchor[]): TrustAnchor {
  const digest = createHash('sha256').update(spki).digest('hex')
  if (softwareRoots.some(({ spkiSha256 }) => spkiSha256 === digest))
    throw new AndroidKeyError('ANDROID_KEY_SOFTWARE_ROOT')
  const anchor = anchors.find(({ publicKey }) => Buffer.compare(publicKey, spki) === 0)
  if (anchor === undefined) throw new AndroidKeyError('ANDROID_KEY_ANCHOR')
  return anchor
}
