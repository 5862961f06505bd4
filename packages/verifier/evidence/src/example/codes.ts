import type { ErrorTable } from '@assay/protocol'

/** Every code with which evidence of this format is refused: one per check. */
export const exampleCodes = {
  EXAMPLE_MALFORMED: {
    message: 'the evidence does not have the required form',
    meaning: 'This is not an evidence item of this format.',
    action: 'Correct the item.',
  },
  EXAMPLE_SIGNATURE: {
    message: 'the statement is signed by no trust anchor',
    meaning: 'No trust anchor has signed the item.',
    action: 'Check signer and anchors.',
  },
  EXAMPLE_COMMITMENT: {
    message: 'the statement was made for other client data',
    meaning: 'The item was made for other client data.',
    action: 'Collect evidence for this binding.',
  },
  EXAMPLE_EXPIRED: {
    message: 'the statement was not made just now',
    meaning: 'The item is older than 120 s, or dated more than 60 s ahead.',
    action: 'Collect it again; set the clocks.',
  },
  EXAMPLE_APP_IDENTITY: {
    message: 'the statement is about another app',
    meaning: 'The item is about another app, or about the same app signed by somebody else.',
    action: 'Check package and signer.',
  },
  EXAMPLE_REVOKED: {
    message: 'the vendor no longer vouches for the device',
    meaning: 'The vendor no longer vouches for the device.',
    action: 'Do nothing: the device has no valid evidence.',
  },
} as const satisfies ErrorTable
