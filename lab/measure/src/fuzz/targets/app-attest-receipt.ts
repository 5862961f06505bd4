import {
  AppAttestError,
  appAttestErrorCodes,
  appleAppAttest,
  parseReceipt,
} from '@assay/evidence/apple-app-attest'
import { outcomeOfThrowing } from '../target/refusals.ts'
import { base64In } from '../inputs/vector-inputs.ts'
import type { Target } from '../target/target.ts'

export const target: Target = {
  run: (input) => outcomeOfThrowing(() => parseReceipt(input), AppAttestError, appAttestErrorCodes),
  words: [
    '2026-11-25T12:00:00Z',
    '2026-11-25T12:00:00.123Z',
    '2026-13-45T99:00:00Z',
    '4',
    '0000000001',
    'ATTEST',
    'sandbox',
  ],
  vectors: {
    folder: 'apple-app-attest',
    inputs: ({ attestation }) => base64In(attestation).flatMap(receiptIn),
  },
}

function receiptIn(attestation: Uint8Array): readonly Uint8Array[] {
  const item = {
    format: 'apple-app-attest',
    key_id: Buffer.alloc(32).toString('base64url'),
    attestation: Buffer.from(attestation).toString('base64url'),
  }
  try {
    const { receipt } = appleAppAttest.parse(item)
    return receipt === undefined ? [] : [receipt]
  } catch {
    // Vectors that are broken on purpose have none to give.
    return []
  }
}
