import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryMeter } from '../../src/meter/memory-meter.ts'
import { answer, callOf, midnight, rulesOf } from './calls.ts'
import { type Act, budgets, form, ledger, scopesOf } from './ledger.ts'

const phones = ['a', 'b', 'c'] as const

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send'), phone: fc.nat(2), reserve: fc.nat(60) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end'),
      which: fc.nat(99),
      how: fc.constantFrom('stated', 'cut', 'not_sent'),
      cost: fc.nat(150),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), seconds: fc.nat(40) }) },
) as fc.Arbitrary<Act>

/**
 * Against a ledger that is kept beside: a request is admitted exactly if its reservation fits every budget, and what is
 * spent exceeds none by more than the streams that were open when the last was admitted cost beyond their reservations.
 */
test('a budget is exceeded by at most one answer beyond its reservation per open stream', () => {
  let [exceeded, refused] = [0, 0]
  fc.assert(
    fc.property(fc.array(act, { minLength: 20, maxLength: 120 }), (acts) => {
      let now = midnight
      const meter = createMemoryMeter({ rules: [rulesOf(form)], clock: () => now })
      const kept = ledger()
      const open: { reservation: Parameters<typeof answer>[0]; id: number }[] = []
      for (const [id, each] of acts.entries()) {
        if (each.kind === 'wait') now += each.seconds * 1_000
        else if (each.kind === 'send') {
          const installation = phones[each.phone] as string
          const fits = kept.fits(installation, each.reserve, now)
          const given = meter.reserve(callOf(installation, { body: { max_tokens: each.reserve } }))
          if (given instanceof Promise) throw new Error('the meter in memory answers at once')
          expect(given.ok).toBe(fits)
          if (given.ok) {
            kept.reserve(id, installation, each.reserve, now)
            open.push({ reservation: given, id })
          } else refused += 1
        } else if (open.length > 0) {
          const [ended] = open.splice(each.which % open.length, 1)
          if (ended === undefined) continue
          if (each.how === 'stated') answer(ended.reservation, each.cost)
          else ended.reservation.end(each.how)
          kept.end(ended.id, each.how === 'stated' ? each.cost : each.how === 'cut' ? undefined : 0, now)
        }
        for (const installation of phones)
          for (const scope of scopesOf(installation)) {
            const { spent, beyond, streams } = kept.at(scope, now)
            const budget = budgets[scope.kind]
            if (spent > budget) exceeded += 1
            expect(spent).toBeLessThanOrEqual(budget + beyond)
            if (scope.kind === 'installation') expect(streams).toBeLessThanOrEqual(4)
          }
      }
    }),
  )
  // Otherwise the property would hold of a meter that admits nothing, or of acts that never matter.
  expect([exceeded > 0, refused > 0]).toEqual([true, true])
})
