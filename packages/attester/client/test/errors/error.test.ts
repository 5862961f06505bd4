import { describe, expect, it } from 'vitest'
import { AssayClientError, orFail } from '../../src/errors/error.ts'

const reported = (cause: unknown) =>
  orFail('network', () => {
    throw cause
  }).catch((error: unknown) => error)

describe('orFail', () => {
  it.each([undefined, null, 'text', new Error('fault'), { code: 1 }])(
    'takes whatever is thrown for the cause: %s',
    async (cause) => {
      const error = await reported(cause)
      expect(error).toBeInstanceOf(AssayClientError)
      expect(error).toMatchObject({ code: 'network', cause, retryable: true })
    },
  )

  it('knows a plan that is refused by its code', async () => {
    const cause = { code: 'PLAN_BUDGET' }
    expect(await reported(cause)).toMatchObject({ code: 'plan_refused', cause, retryable: false })
    expect(await reported({ code: 'NO_PLAN_AT_ALL' })).toMatchObject({ code: 'network' })
  })

  it('leaves an error of its own as it is', async () => {
    const error = new AssayClientError('closed')
    expect(await reported(error)).toBe(error)
  })
})
