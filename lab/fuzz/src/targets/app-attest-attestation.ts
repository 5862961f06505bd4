import { AppAttestError, appAttestErrorCodes, appleAppAttest } from '@assay/evidence/apple-app-attest'
import { itemOf } from '../evidence-items.ts'
import { outcomeOfThrowing } from '../refusals.ts'
import { base64In } from '../vector-inputs.ts'
import type { Target } from '../target.ts'

const keyId = Buffer.alloc(32).toString('base64url')

/** An attestation object in CBOR; an input that is JSON is a whole evidence item. */
export const target: Target = {
  run: (input) =>
    outcomeOfThrowing(() => appleAppAttest.parse(itemOf(input, wrap)), AppAttestError, appAttestErrorCodes),
  seeds: [{ ...wrap(Buffer.of(0xa0)) }, { ...wrap(Buffer.of(0xa0)), format: 'other' }].map((item) =>
    Buffer.from(JSON.stringify(item)),
  ),
  words: [
    'apple-appattest',
    'fmt',
    'attStmt',
    'x5c',
    'receipt',
    'authData',
    'apple_validation_category_01',
    'apple_bundle_version_01',
  ],
  vectors: { folder: 'apple-app-attest', inputs: ({ attestation }) => base64In(attestation) },
}

function wrap(object: Uint8Array) {
  return { format: 'apple-app-attest', key_id: keyId, attestation: Buffer.from(object).toString('base64url') }
}
