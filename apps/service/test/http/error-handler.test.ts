import { UnavailableError } from '@assay/evidence'
import { StatusListError } from '@assay/evidence/android-key-attestation'
import { expect, test } from 'vitest'
import { toProblem } from '../../src/http/error-handler.ts'
import { vendorCodes } from '../../src/codes.ts'
import { VendorError, type VendorErrorCode } from '../../src/vendors/index.ts'

test.each(Object.keys(vendorCodes) as VendorErrorCode[])(
  '%s is temporary, and the caller hears when to come back',
  (code) => {
    const error = new VendorError(code, { retryAfter: 42 })
    expect(toProblem(error)).toMatchObject({
      code: 'temporarily_unavailable',
      retryAfter: 42,
      cause: error,
    })
  },
)

test.each([new StatusListError('the status list is too old'), new UnavailableError('no verdict')])(
  'what verification hangs on is temporary as well: $name',
  (error) => {
    expect(toProblem(error)).toMatchObject({
      code: 'temporarily_unavailable',
      retryAfter: 10,
      cause: error,
    })
  },
)

test('any unexpected error is a fault of ours', () => {
  const error = new Error('a remembered value is out of form')
  expect(toProblem(error)).toMatchObject({ code: 'internal_error', cause: error })
})
