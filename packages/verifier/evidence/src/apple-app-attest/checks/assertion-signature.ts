import { verify } from 'node:crypto'
import type { AssertionContext } from '../context.ts'
import { AppAttestError } from '../errors.ts'
import type { ParsedAssertion } from '../parse-assertion.ts'
import { nonceFor } from '../sha256.ts'

/**
 * The attested key has signed this authenticator data for this client data. What it signs is a hash already, and ECDSA
 * hashes it once more. A signature that is not exactly one in DER is none.
 */
export function checkAssertionSignature(
  { authenticatorData, signature }: ParsedAssertion,
  { commitment, key }: Pick<AssertionContext, 'commitment' | 'key'>,
): void {
  const nonce = nonceFor(authenticatorData.encoded, commitment)
  if (!verify('sha256', nonce, key, signature)) throw new AppAttestError('APP_ATTEST_ASSERTION_SIGNATURE')
}
