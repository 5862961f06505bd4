import { describe, expect, it } from 'vitest'
import { withNewer } from '../src/api/live-order.ts'

const one = (second: number, trace = `t${second}`) => ({
  trace,
  at: new Date(second * 1_000).toISOString(),
  ...{ app: 'a', build: '1', outcome: 'result' as const, code: null },
})
const traces = (outcomes: readonly { trace: string }[]) => outcomes.map(({ trace }) => trace)

describe('live outcomes of several nodes', () => {
  it('are in the order of their times, whichever node reports first', () => {
    const known = withNewer([], [one(1), one(5)])
    expect(traces(withNewer(known, [one(3), one(6)]))).toEqual(['t6', 't5', 't3', 't1'])
  })

  it('are there once, however often they are reported', () => {
    const known = withNewer([], [one(1), one(2)])
    expect(withNewer(known, [one(1), one(2)])).toBe(known)
  })
})
