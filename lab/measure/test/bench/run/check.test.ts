import { expect, test } from 'vitest'
import { alone, withoutPeer, type BenchRow, type Row } from '../../../src/bench/row/row.ts'
import { table, type RowId } from '../../../src/bench/row/table.ts'
import { missed } from '../../../src/bench/run/check.ts'
import { measurements } from '../../../src/bench/run/measurements.ts'

const row = (id: RowId, value: number, facts: BenchRow['facts'] = {}): BenchRow => ({
  ...{ id, value, unit: 'ms', ...alone, facts },
})
const missedBy = (rows: readonly Row[]) =>
  missed(
    { machine: {}, short: false, only: null, rows },
    rows.map(({ id }) => id),
  )

test('a figure at its bound keeps it, and one above misses it', () => {
  expect(missedBy([row('lists.sqlite', 50)])).toEqual([])
  expect(missedBy([row('lists.sqlite', 50.1)])).toEqual(['lists.sqlite: value is 50.1, at most 50'])
})

test('facts and multiples of the bare work have bounds, too', () => {
  const operators = { ...row('operators.beside', 1), bare: 1, ratio: 3 }
  expect(missedBy([{ ...operators, facts: { longestStretchMs: 50, heapMB: 129 } }])).toEqual([
    'operators.beside: facts.heapMB is 129, at most 128',
  ])
  const attest = { ...row('sdk.attest.1MB', 30), bare: 10, ratio: 3, ...withoutPeer }
  expect(missedBy([attest])).toEqual([])
  expect(missedBy([{ ...attest, value: 31 }])).toEqual([
    'sdk.attest.1MB: value is 31, at most 1.5 × bare + 15',
  ])
})

test('a bound without a figure is missed', () => {
  expect(missedBy([row('operators.beside', 1)])).toHaveLength(3)
  expect(missedBy([{ id: 'lists.sqlite', error: 'no column' }])).toEqual(['lists.sqlite: no column'])
  expect(missedBy([{ id: 'gateway.nginx', notRun: 'no nginx' }])).toEqual([
    'gateway.nginx: not run: no nginx',
  ])
  const none = { machine: {}, short: false, only: null, rows: [] }
  expect(missed(none, ['lists.sqlite', 'sdk.size'])).toEqual([
    'lists.sqlite: the file has no such row',
    'sdk.size: the file has no such row',
  ])
})

test('a short run decides nothing', () => {
  expect(() => missed({ machine: {}, short: true, only: null, rows: [] }, [])).toThrow(TypeError)
})

test('every row of the table is measured once', () => {
  const measured = Object.values(measurements).flatMap((group) => group.flatMap(({ rows }) => rows))
  expect([...measured].sort()).toEqual(Object.keys(table).sort())
})
