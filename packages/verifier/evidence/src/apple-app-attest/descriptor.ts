import { hash } from 'node:crypto'
import type { FormatDescriptor } from '../port/evidence-format.ts'

/** Attestation of a new key. */
export const descriptor: FormatDescriptor = { name: 'apple-app-attest', version: '1.0' }

/** Signature by a key that was attested before. */
export const assertionDescriptor: FormatDescriptor = { name: 'apple-app-attest-assertion', version: '1.0' }

/**
 * What the app passes to the system as `clientDataHash`: SHA-256 of the binding's 43 ASCII characters. The system
 * appends it unchanged, without hashing it again or checking its length.
 */
export function commitment(binding: string): Uint8Array {
  return sha256(binding)
}

/** In one call, which leaves no hash object behind: half the time of `createHash` for such short inputs. */
export function sha256(input: Uint8Array | string): Buffer {
  return hash('sha256', input, 'buffer')
}

/** What an attestation carries and an assertion signs: SHA-256 of authenticator data and client data hash. */
export function nonceFor(authenticatorData: Uint8Array, commitment: Uint8Array): Buffer {
  return sha256(Buffer.concat([authenticatorData, commitment]))
}
