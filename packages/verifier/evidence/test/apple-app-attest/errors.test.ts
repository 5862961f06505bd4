import { CodecError } from '@assay/codec'
import { expect, test } from 'vitest'
import { AppAttestError } from '../../src/apple-app-attest/index.ts'
import { reading } from '../../src/apple-app-attest/errors.ts'

function failing(fault: Error): unknown {
  try {
    return reading('APP_ATTEST_CBOR', () => {
      throw fault
    })
  } catch (error) {
    return error
  }
}

test('what was read is returned; a refusal of the readers becomes one of this format', () => {
  expect(reading('APP_ATTEST_CBOR', () => 7)).toBe(7)
  const cause = new CodecError('DER_VALUE', 'a value is malformed')
  const refusal = failing(cause)
  expect(refusal).toBeInstanceOf(AppAttestError)
  expect(refusal).toMatchObject({ code: 'APP_ATTEST_CBOR', cause })
})

test('any other error is a malfunction', () => {
  const fault = new RangeError('out of memory')
  expect(failing(fault)).toBe(fault)
})
