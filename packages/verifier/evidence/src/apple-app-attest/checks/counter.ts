import type { AuthenticatorData } from '../authenticator-data.ts'
import { AppAttestError } from '../errors.ts'

/** A new key has signed nothing yet. */
export function checkCounter({ counter }: AuthenticatorData): 0 {
  if (counter !== 0) throw new AppAttestError('APP_ATTEST_COUNTER')
  return counter
}
