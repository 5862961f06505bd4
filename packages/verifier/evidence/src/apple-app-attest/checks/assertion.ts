import { verify } from 'node:crypto'
import type { AuthenticatorData } from '../authenticator-data.ts'
import type { AssertionContext } from '../context.ts'
import { AppAttestError } from '../errors.ts'
import type { ParsedAssertion } from '../parse-assertion.ts'
import { nonceFor } from '../descriptor.ts'

/**
 * The attested key has signed this authenticator data for this client data. What it signs is a hash already, and ECDSA
 * hashes it once more. A signature must be exactly one DER structure.
 */
export function checkAssertionSignature(
  { authenticatorData, signature }: ParsedAssertion,
  { commitment, key }: Pick<AssertionContext, 'commitment' | 'key'>,
): void {
  const nonce = nonceFor(authenticatorData.encoded, commitment)
  if (!verify('sha256', nonce, key, signature)) throw new AppAttestError('APP_ATTEST_ASSERTION_SIGNATURE')
}

/** The counter is greater than the one stored: an assertion counts once. */
export function checkAssertionCounter({ counter }: AuthenticatorData, previous: number): number {
  if (counter <= previous) throw new AppAttestError('APP_ATTEST_ASSERTION_COUNTER')
  return counter
}
