import type { FormatDescriptor } from '../port/evidence-format.ts'

/** Attestation of a new key. */
export const descriptor: FormatDescriptor = { name: 'apple-app-attest', version: '1.0' }

/** Signature by a key that was attested before. */
export const assertionDescriptor: FormatDescriptor = { name: 'apple-app-attest-assertion', version: '1.0' }
