import { CodecError } from '@assay/codec'
import { expect, test } from 'vitest'
import { decode } from '../../../src/apk/jar-signature/decode.ts'

const raises = (error: Error) => () => {
  throw error
}

test('malformed input is distinguished from a malfunction', () => {
  expect(
    decode(
      () => 1,
      () => 2,
    ),
  ).toBe(1)
  expect(decode(raises(new CodecError('DER_VALUE', 'x')), ({ code }) => code)).toBe('DER_VALUE')
  expect(() => decode(raises(new RangeError('x')), () => 2)).toThrow(RangeError)
})
