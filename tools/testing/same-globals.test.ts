import { expect, test } from 'vitest'
import { replacedGlobals } from './same-globals.ts'

test('a global that a library has replaced is reported, until it is restored', () => {
  const replaced = replacedGlobals()
  expect(replaced()).toEqual([])
  const { Response: own } = globalThis
  globalThis.Response = class extends own {}
  try {
    expect(replaced()).toEqual(['Response'])
  } finally {
    globalThis.Response = own
  }
  expect(replaced()).toEqual([])
})
