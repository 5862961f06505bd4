import { expect } from 'vitest'

/** What misuse throws, and nothing else does. */
export const misuse: unknown = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' })

/** The code of what `work` throws. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return 'nothing'
}
