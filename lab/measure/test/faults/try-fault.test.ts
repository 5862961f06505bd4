import { expect, test } from 'vitest'
import type { Fault } from '../../src/faults/fault/fault.ts'
import { rowOf } from '../../src/faults/row.ts'
import { inPieces, tryFault } from '../../src/faults/try-fault.ts'

const fault: Fault = {
  name: 'a.fault',
  what: 'nothing',
  stores: ['sqlite'],
  run: () => Promise.reject(new Error('the stage fell to pieces\nand more')),
}
const options = {
  store: 'sqlite',
  length: 'short',
  tell: () => undefined,
  signal: new AbortController().signal,
} as const

test('a trial that did not finish is a failed row that says why', () => {
  const outcome = inPieces('the server ended\n  at once')
  expect(outcome.unmet).toEqual(['it did not finish: the server ended   at once'])
  expect(rowOf('a@sqlite', outcome).ok).toBe(false)
  expect(inPieces('').unmet).toEqual(['it did not finish: no reason given'])
})

test('a fault is not tried if the machine lacks something', async () => {
  const lacking = { ...fault, lacks: () => 'iptables is not installed' }
  expect(await tryFault(lacking, options)).toEqual({ notRun: 'iptables is not installed', isExcused: false })
})
