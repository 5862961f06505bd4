import { expect, test } from 'vitest'
import { rowOf } from '../../src/faults/row.ts'
import { betweenMarkers, withReport } from '../../src/faults/report.ts'

const survived = { attempts: 3, doubleAcceptances: 0, losses: 0, recoveryMs: 1234.5, unmet: [], facts: {} }

test('a row has exactly the members that its readers expect', () => {
  expect(rowOf('kill.banning@sqlite', survived)).toEqual({
    fault: 'kill.banning@sqlite',
    attempts: 3,
    doubleAcceptances: 0,
    losses: 0,
    recoveryMs: 1235,
    ok: true,
  })
})

test.each([
  { attempts: 0 },
  { doubleAcceptances: 1 },
  { losses: 1 },
  { recoveryMs: 10_001 },
  { recoveryMs: Infinity },
  { unmet: ['something is so'] },
])('a row with %j has failed', (change) => {
  expect(rowOf('a@sqlite', { ...survived, ...change }).ok).toBe(false)
})

test('the report replaces the last one, and nothing else', () => {
  const page =
    '# A\n\n<!-- faults@sqlite: written by `npm run faults -- --write-docs` -->\n\nold\n\n<!-- faults@sqlite: end -->\n'
  const written = withReport(page, 'sqlite', 'new')
  expect(betweenMarkers(written, 'sqlite')).toBe('new')
  expect(withReport(written, 'sqlite', 'old')).toBe(page)
  expect(() => withReport(page, 'cluster', 'new')).toThrow('markers')
})
