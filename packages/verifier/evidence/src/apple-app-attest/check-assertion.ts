import { verify } from 'node:crypto'
import type { AuthenticatorData } from './authenticator-data.ts'
import type { AssertionContext } from './context.ts'
import { AppAttestError } from './errors.ts'
import type { ParsedAssertion } from './parse-assertion.ts'
import { nonceFor } from './descriptor.ts'

/**
 * The attested key must have signed this authenticator data for this client data. It signs a hash, which ECDSA hashes
 * once more. A signature must be exactly one DER structure.
 */
export function checkAssertionSignature(
  { authenticatorData, signature }: ParsedAssertion,
  { commitment, key }: Pick<AssertionContext, 'commitment' | 'key'>,
): void {
  const nonce = nonceFor(authenticatorData.encoded, commitment)
  if (!verify('sha256', nonce, key, signature)) throw new AppAttestError('APP_ATTEST_ASSERTION_SIGNATURE')
}

/** The counter must be greater than the stored one: an assertion counts once. */
export function checkAssertionCounter({ counter }: AuthenticatorData, previous: number): number {
  if (counter <= previous) throw new AppAttestError('APP_ATTEST_ASSERTION_COUNTER')
  return counter
}
