import { expect, it } from 'vitest'
import { createWebClient } from '../../src/web/client.ts'

it('is misuse where there is no page, as in a worker', () => {
  const options = {
    endpoints: ['https://attest.example'],
    app: 'com.example.app',
    build: '1',
    audiences: { 'https://api.example': 'https://api.example' },
  }
  expect(() => createWebClient(options)).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_ARG_VALUE',
      message: expect.stringContaining('document'),
    }) as Error,
  )
})
