/**
 * Stands in for `vitest` while a format is mutated: tests register themselves here, so that the runner can carry them out
 * again and again within one process. Knows what the tests of the evidence formats use, and nothing else.
 */
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect'
import { fn, spyOn } from '@vitest/spy'
import * as chai from 'chai'

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

export const expect = chai.expect
export const vi = { fn, spyOn }

/** Types are what `tsc` checks. */
export const expectTypeOf = () => ({ toEqualTypeOf() {}, not: { toExtend() {} } })

/** Where the tests of the file that is being loaded go. */
const registering = { titles: [], tests: [], befores: [] }

/** @returns `{ title, run }` for each test that `load` registers, in order */
export async function collect(load) {
  Object.assign(registering, { titles: [], tests: [], befores: [] })
  await load()
  const { tests, befores } = registering
  for (const before of befores) await before()
  return tests
}

export function beforeAll(before) {
  registering.befores.push(before)
}

export function describe(title, body) {
  registering.titles.push(title)
  body()
  registering.titles.pop()
}

export function test(title, run) {
  registering.tests.push({ title: [...registering.titles, title].join(' '), run })
}

describe.each = forEach(describe)
test.each = forEach(test)

function forEach(declare) {
  return (cases) => (title, body) => {
    for (const [i, each] of cases.entries()) {
      const values = Array.isArray(each) ? each : [each]
      declare(`${title} [${i}]`, () => body(...values))
    }
  }
}
