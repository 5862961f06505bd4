import { measurementErrorCodes } from '@assay/measurement/codes'
import { describe, expect, it } from 'vitest'
import { countOf } from '../../src/wire/case/case.ts'
import { families } from '../../src/wire/families/families.ts'
import { statusLists } from '../../src/wire/guards/status-lists.ts'

describe.each([...families, statusLists])('$name', (family) => {
  it('has as many cases as it must', () => {
    const { accepted, refused } = countOf(family)
    expect(accepted).toBeGreaterThanOrEqual(family.floor.accepted)
    expect(refused).toBeGreaterThanOrEqual(family.floor.refused)
    expect(family.floor.accepted).toBeGreaterThan(0)
    // A scenario is not a case to refuse; errors are among what it wants to be seen.
    expect(family.floor.refused).toBeGreaterThanOrEqual(family.name === 'behaviour' ? 0 : 1)
  })

  it('names no case twice', () => {
    const ids = family.cases.map(({ id }) => id)
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
  })
})

it('refuses a plan with every code that a plan can be refused with', () => {
  const covered = new Set(families.find(({ name }) => name === 'plans')?.cases.map(({ error }) => error))
  const wanted = measurementErrorCodes.filter((code) => code.startsWith('PLAN_'))
  expect(wanted.filter((code) => !covered.has(code))).toEqual([])
})
