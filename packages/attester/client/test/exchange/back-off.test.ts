import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AssayClientError } from '../../src/errors/error.ts'
import { clientErrorCodes } from '../../src/errors/codes.ts'
import { backOff, backOffWhileRefused, isOffline } from '../../src/exchange/back-off.ts'

it('is between half a second and a minute for every failure', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom(...clientErrorCodes),
      fc.option(fc.double({ min: 0.001, noNaN: true }), { nil: undefined }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, code, retryAfter, chance) => {
        const wait = backOff(failures, new AssayClientError(code, { retryAfter }), chance)
        expect(wait).toBeGreaterThan(0)
        expect(wait).toBeLessThanOrEqual(60_000)
        if (retryAfter !== undefined) expect(wait).toBeGreaterThanOrEqual(Math.min(60, retryAfter) * 1000)
        else expect(wait).toBeGreaterThanOrEqual(500)
      },
    ),
  )
})

it('is a quarter of an hour at least while the service denies', () => {
  expect([0, 0.5, 1].map(backOffWhileRefused)).toEqual([900_000, 1_012_500, 1_125_000])
})

it('doubles', () => {
  const error = new AssayClientError('service_unavailable')
  expect([1, 2, 3, 4].map((failures) => backOff(failures, error, 0))).toEqual([500, 1000, 2000, 4000])
})

it('lies between here and the service where no answer came, and nowhere else', () => {
  const offline = clientErrorCodes.filter((code) => isOffline(new AssayClientError(code)))
  expect(offline).toEqual(['network', 'timeout'])
})
