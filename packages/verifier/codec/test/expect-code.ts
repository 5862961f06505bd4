import { expect } from 'vitest'
import { CodecError } from '../src/index.ts'
import type { CodecErrorCode } from '../src/index.ts'

/** Asserts that a reader refuses, and with this code. */
export function expectCode(code: CodecErrorCode, read: () => unknown): void {
  expect(codeOf(read)).toBe(code)
}

/** The code with which a reader refuses, or undefined if it does not. Anything but a CodecError is passed on. */
export function codeOf(read: () => unknown): CodecErrorCode | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof CodecError) return error.code
    throw error
  }
}
