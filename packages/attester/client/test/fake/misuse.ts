import { expect } from 'vitest'

/** What is thrown for an option that is missing or wrong. */
export const misuse = (option: string) =>
  expect.objectContaining({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: expect.stringMatching(new RegExp(`^${option}: missing or wrong`)) as string,
  }) as Error
