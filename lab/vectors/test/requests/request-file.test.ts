import { readFileSync } from 'node:fs'
import { guardErrorCodes } from '@assay/guard/codes'
import { expect, test } from 'vitest'
import { verifierFeatures } from '../../src/wire/case/case.ts'
import { readRequests } from '../../src/requests/file/read-requests.ts'
import { asRequest, runCase } from '../../src/requests/running/run-case.ts'

const cases = readRequests()

test('every code of the guard is in it', () => {
  const codes = new Set(cases.flatMap(({ output }) => output.map(({ code }) => code)))
  codes.delete('ok')
  expect([...codes].sort()).toEqual([...guardErrorCodes].sort())
})

test('it is large, both ways, and each case has its id, its clause and a feature that is listed', () => {
  const served = cases.filter(({ output }) => output.every(({ code }) => code === 'ok'))
  expect(cases.length).toBeGreaterThanOrEqual(400)
  expect(served.length).toBeGreaterThanOrEqual(80)
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  const standard =
    /^(RFC \d+ (section|appendix) [\d.A-Z]+|FIPS 186-5 section [\d.]+|draft [\w-]+ section [\d.]+|(protocol|verifiers) page, |protocol page section \d+|docs\/status-list\.md$|ADR \d+$)/
  for (const { id, clause, needs } of cases) {
    expect(clause, id).toMatch(standard)
    if (needs !== undefined && needs !== 'pop') expect(verifierFeatures).toContain(needs)
  }
})

test('the guard answers the same over Web Crypto and from a Request, where one can carry the case', async () => {
  let carried = 0
  for (const { id, input, output } of cases) {
    const answer = await runCase(input, { requestOf: asRequest })
    if (answer === undefined) continue
    carried++
    expect(answer, id).toEqual(output)
  }
  expect(carried).toBeGreaterThan(600)
})

test('the cases that were held against the standards by hand are in it', () => {
  const page = readFileSync(new URL('../../../../docs/verifiers-review.md', import.meta.url), 'utf8')
  const reviewed = page.split('\n').flatMap((line) => (line.startsWith('| `') ? [line.split('`')[1]] : []))
  expect(new Set(reviewed).size).toBe(40)
  const ids = new Set(cases.map(({ id }) => id))
  expect(reviewed.filter((id) => id === undefined || !ids.has(id))).toEqual([])
})
