import { expect, test, vi } from 'vitest'
import { createWarnings } from '@assay/guard'
import { createNodeGuard } from '@assay/guard/node'
import { guardOptions, mintToken, newGuard, newRequest, now } from '../minting.ts'

const refused = () => newRequest({ token: mintToken({ claims: { sub: 'com.example.other' } }) })

test('each code is told once a minute, with how often it came meanwhile', async () => {
  const lines: string[] = []
  let at = now * 1000
  const onDecision = createWarnings(
    (line) => lines.push(line),
    () => at,
  )
  const guard = newGuard({ onDecision })
  for (let i = 0; i < 3; i++) await guard.verify(refused())
  await guard.verify({ ...newRequest({ token: undefined }), url: '/v1/orders?key=secret' })
  await guard.verify(newRequest())
  at += 60_000
  await guard.verify(refused())
  const app = 'APP_NOT_ADMITTED for "POST /v1/orders": expected app com.example.app, got com.example.other'
  expect(lines).toEqual([app, 'TOKEN_MISSING for "POST /v1/orders"', `${app}, and 2 times more before`])
})

test('a path ends no line', async () => {
  const lines: string[] = []
  const guard = newGuard({
    onDecision: createWarnings(
      (line) => lines.push(line),
      () => now * 1000,
    ),
  })
  await guard.verify({ ...newRequest({ token: undefined }), url: `/a\n${'x'.repeat(4000)}` })
  expect(lines).toEqual([`TOKEN_MISSING for "POST /a\\n${'x'.repeat(112)}"`])
})

test('a guard on Node warns by itself unless it is told where to', async () => {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  try {
    const { onDecision: _, ...options } = guardOptions()
    await createNodeGuard({ ...options, onDecision: () => undefined }).verify(refused())
    expect(emitWarning).not.toHaveBeenCalled()
    await createNodeGuard(options).verify(refused())
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(
      'APP_NOT_ADMITTED for "POST /v1/orders": expected app com.example.app, got com.example.other',
      { code: 'ASSAY_REFUSED' },
    )
  } finally {
    emitWarning.mockRestore()
  }
})
