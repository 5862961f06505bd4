import { CodecError } from '@assay/codec'
import { expect, test } from 'vitest'
import { AndroidKeyError } from '../../src/android-key-attestation/index.ts'
import { reading } from '../../src/android-key-attestation/errors.ts'

function failing(fault: Error): unknown {
  try {
    return reading('ANDROID_KEY_STATEMENT', () => {
      throw fault
    })
  } catch (error) {
    return error
  }
}

test('what was read is returned; a refusal of the readers becomes one of this format', () => {
  expect(reading('ANDROID_KEY_STATEMENT', () => 7)).toBe(7)
  const cause = new CodecError('DER_VALUE', 'a value is malformed')
  const refusal = failing(cause)
  expect(refusal).toBeInstanceOf(AndroidKeyError)
  expect(refusal).toMatchObject({ code: 'ANDROID_KEY_STATEMENT', cause })
})

test('any other error is a malfunction', () => {
  const fault = new RangeError('out of memory')
  expect(failing(fault)).toBe(fault)
})
