import { expect, test } from 'vitest'
import { describeRun, summarise } from './report.mjs'

const source = ['const a =', '  b < c', 'done(a)'].join('\n')
const at = (line, from, to) => ({ start: { line, column: from }, end: { line, column: to } })
const mutant = (status, replacement = 'b <= c') => ({ status, replacement, location: at(2, 3, 8) })
const reportOf = (...mutants) => ({ files: { 'packages/x/src/software/checks/a.ts': { source, mutants } } })

test('killed mutants and time-outs raise the score; survivors and unreached mutants lower it', () => {
  const mutants = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError'].map((status) =>
    mutant(status),
  )
  const { counts, score } = summarise(reportOf(...mutants), [])
  expect(counts).toEqual({ Killed: 1, Timeout: 1, Survived: 1, NoCoverage: 1 })
  expect(score).toBe(50)
})

test('a survivor is identified by its place and change, and has a reason only if that exact change has one', () => {
  const reasons = [
    { file: 'checks/a.ts', change: 'b < c → b <= c', reason: 'never equal' },
    { file: 'checks/b.ts', change: 'b < c → true', reason: 'of another file' },
  ]
  const { survivors } = summarise(reportOf(mutant('Survived'), mutant('NoCoverage', 'true')), reasons)
  expect(survivors).toEqual([
    { place: 'checks/a.ts:2', change: 'b < c → b <= c', reason: 'never equal' },
    { place: 'checks/a.ts:2', change: 'b < c → true', reason: undefined },
  ])
})

test('a change of several lines is shown in one', () => {
  const over = {
    status: 'Survived',
    replacement: '{}',
    location: { start: at(1, 7, 0).start, end: at(2, 0, 8).end },
  }
  expect(summarise(reportOf(over), []).survivors[0].change).toBe('a = b < c → {}')
})

test('the page lists every survivor, with its reason or the lack of one', () => {
  const summary = summarise(reportOf(mutant('Survived', 'b || c')), [])
  const page = describeRun({ format: 'software', date: '2026-11-26', machine: 'm', ...summary })
  expect(page).toContain('| checks/a.ts:2 | `b < c → b \\|\\| c` | none given |')
  expect(describeRun({ format: 'software', date: '', machine: '', ...summarise(reportOf(), []) })).toContain(
    'No mutant survives.',
  )
})
