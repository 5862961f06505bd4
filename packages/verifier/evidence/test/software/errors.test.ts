import { expect, test } from 'vitest'
import { EvidenceError } from '../../src/index.ts'
import { SoftwareError, softwareErrorCodes } from '../../src/software/index.ts'

test('every code has a message of its own, and is evidence that is bad', () => {
  const errors = softwareErrorCodes.map((code) =>
    code === 'SOFTWARE_SEGMENT_MISMATCH' || code === 'SOFTWARE_SEGMENTS'
      ? new SoftwareError(code, ['classes.dex'])
      : new SoftwareError(code),
  )
  for (const [i, error] of errors.entries()) {
    expect(error).toBeInstanceOf(EvidenceError)
    expect(error.code).toBe(softwareErrorCodes[i])
    expect(error.message).not.toBe('')
    expect(error.message).not.toContain('classes.dex')
  }
  expect(new Set(errors.map(({ message }) => message)).size).toBe(softwareErrorCodes.length)
})

test('only a difference of segments names segments, and it must', () => {
  expect(new SoftwareError('SOFTWARE_SEGMENT_MISMATCH', ['a', 'b']).segments).toEqual(['a', 'b'])
  expect(new SoftwareError('SOFTWARE_SEGMENTS', ['missing:a']).segments).toEqual(['missing:a'])
  expect(new SoftwareError('SOFTWARE_PROBES').segments).toEqual([])
  // @ts-expect-error: the names belong to the code
  new SoftwareError('SOFTWARE_SEGMENT_MISMATCH')
  // @ts-expect-error: another code has none
  new SoftwareError('SOFTWARE_PROBES', ['a'])
})
