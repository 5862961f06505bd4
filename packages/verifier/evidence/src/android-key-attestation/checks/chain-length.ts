import type { Certificate } from '@assay/codec/x509'
import { AndroidKeyError } from '../errors.ts'

/** The certificates of a chain that have a part of their own; two of them may be one. */
export interface ChainParts {
  readonly leaf: Certificate
  readonly issuer: Certificate
  readonly belowRoot: Certificate
  readonly root: Certificate
}

/** There are a leaf, at least one certificate of the device, and a root. */
export function checkChainLength(certificates: readonly Certificate[]): ChainParts {
  if (certificates.length < 3) throw new AndroidKeyError('ANDROID_KEY_CHAIN_LENGTH')
  const [leaf, issuer] = certificates as [Certificate, Certificate]
  const [belowRoot, root] = certificates.slice(-2) as [Certificate, Certificate]
  return { leaf, issuer, belowRoot, root }
}
