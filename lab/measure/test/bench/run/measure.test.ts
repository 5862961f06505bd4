import { expect, test } from 'vitest'
import { short } from '../../../src/bench/row/effort.ts'
import { alone, NotRunError, type BenchRow, type Row } from '../../../src/bench/row/row.ts'
import type { RowId } from '../../../src/bench/row/table.ts'
import { measureEach, type Measurement } from '../../../src/bench/run/measure.ts'

const row = (id: RowId): BenchRow => ({ id, value: 1, unit: 'ms', ...alone })

test('a measurement that throws is rows with an error, and the others are measured', async () => {
  const rows = await rowsOf([
    { rows: ['lists.status-list', 'lists.sqlite'], measure: () => Promise.reject(new Error('no column')) },
    { rows: ['sdk.size'], measure: () => row('sdk.size') },
  ])
  expect(rows).toEqual([
    { id: 'lists.status-list', error: 'no column' },
    { id: 'lists.sqlite', error: 'no column' },
    row('sdk.size'),
  ])
})

test('a row that a measurement does not give is an error', async () => {
  const rows = await rowsOf([
    { rows: ['proxy.request', 'proxy.stream'], measure: () => row('proxy.request') },
  ])
  expect(rows).toEqual([
    row('proxy.request'),
    { id: 'proxy.stream', error: 'it was measured, and no row came out' },
  ])
})

test('what the machine lacks is said, and an error where everything is required', async () => {
  const lacking: Measurement = {
    rows: ['gateway.nginx'],
    measure: () => Promise.reject(new NotRunError('nginx is not installed')),
  }
  expect(await rowsOf([lacking])).toEqual([{ id: 'gateway.nginx', notRun: 'nginx is not installed' }])
  expect(await rowsOf([lacking], true)).toEqual([{ id: 'gateway.nginx', error: 'nginx is not installed' }])
})

async function rowsOf(measurements: readonly Measurement[], requireAll = false): Promise<Row[]> {
  const rows: Row[] = []
  for await (const each of measureEach(measurements, short, requireAll)) rows.push(each)
  return rows
}
