import { afterAll, expect } from 'vitest'
import { replacedGlobals } from './replaced-globals.ts'

/** Test files share their process, in any order: what one of them leaves in the place of a global, the next ones would meet. */
const before = replacedGlobals()

afterAll(() => {
  expect(before(), 'globals that this file has replaced and not put back').toEqual([])
})
