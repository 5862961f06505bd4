import type { KeyObject } from 'node:crypto'
import type { Validity } from '@assay/codec/x509'
import { lastUsed } from '../port/last-used.ts'
import { sha256 } from './descriptor.ts'
import type { AppAttestAnchor } from './trust-anchors.ts'

/** An intermediate certificate that an anchor has signed. Its dates are judged again each time. */
export interface VerifiedIntermediate {
  readonly anchor: AppAttestAnchor
  readonly key: KeyObject
  /** Name, in DER. */
  readonly subject: Uint8Array
  readonly validity: Validity
}

/** Remembers verified intermediates, so that their signature is checked only once, not for each attestation. */
export interface IntermediateCache {
  /** @param certificate in DER */
  get(certificate: Uint8Array): VerifiedIntermediate | undefined
  set(certificate: Uint8Array, verified: VerifiedIntermediate): void
}

const capacity = 16

/**
 * A cache in memory for up to 16 intermediates (Apple has one), found by the SHA-256 of the whole certificate. Only
 * what an anchor has signed gets in; whether that anchor is still trusted is checked each time.
 */
export function intermediateCache(): IntermediateCache {
  const byHash = lastUsed<VerifiedIntermediate>(capacity)
  return {
    get: (certificate) => byHash.get(hashOf(certificate)),
    set: (certificate, verified) => byHash.set(hashOf(certificate), verified),
  }
}

function hashOf(certificate: Uint8Array): string {
  return sha256(certificate).toString('base64')
}
