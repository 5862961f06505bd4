import type { AuthenticatorData } from '../authenticator-data.ts'
import { AppAttestError } from '../errors.ts'

/** The counter is greater than the one stored: an assertion counts once. */
export function checkAssertionCounter({ counter }: AuthenticatorData, previous: number): number {
  if (counter <= previous) throw new AppAttestError('APP_ATTEST_ASSERTION_COUNTER')
  return counter
}
