import type { SignedAppState } from '../claims.ts'
import { AppAttestError } from '../errors.ts'

/** Where categories are demanded, the signed one is there and among them. */
export function checkValidationCategory(
  { validationCategory }: SignedAppState,
  allowed: readonly number[] | undefined,
): void {
  if (allowed?.some((category) => category === validationCategory) === false)
    throw new AppAttestError('APP_ATTEST_VALIDATION_CATEGORY')
}
