import { concat } from '@assay/protocol'
import type { MeasurementCrypto } from './ports/ports.ts'

/** The part of `SubtleCrypto` that is needed. Keys are passed through opaquely. */
export interface SubtleHashing {
  digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  importKey(
    format: 'raw',
    key: Uint8Array<ArrayBuffer>,
    algorithm: { name: 'HMAC'; hash: 'SHA-256' },
    extractable: false,
    usages: ['sign'],
  ): Promise<unknown>
  sign(algorithm: 'HMAC', key: unknown, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
}

/**
 * The primitives from Web Crypto (`crypto.subtle`). It hashes only in one go, so a segment is completely in memory
 * while it is measured.
 */
export function webCrypto(subtle: SubtleHashing): MeasurementCrypto {
  return {
    async sha256(parts) {
      return new Uint8Array(await subtle.digest('SHA-256', concat(...parts)))
    },
    async hmacSha256(key, parts) {
      const imported = await subtle.importKey(
        'raw',
        key as Uint8Array<ArrayBuffer>,
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['sign'],
      )
      return new Uint8Array(await subtle.sign('HMAC', imported, concat(...parts)))
    },
  }
}
