import { expect } from 'vitest'
import { createGuard, type Guard } from '@assay/guard'
import { guardOptions } from '../minting.ts'

/** What somebody may take for a guard. */
export const noGuards: [string, Guard][] = Object.entries({
  undefined: undefined,
  null: null,
  'an object': {},
  'the options of a guard': guardOptions(),
  'what makes guards': createGuard,
  'a guard that is still to come': Promise.resolve(createGuard(guardOptions())),
}).map(([name, value]) => [name, value as Guard])

export const isMisuse = (beginning: string): Error =>
  expect.objectContaining({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: expect.stringMatching(new RegExp(`^${beginning}`)),
  }) as Error
