import { traceIdOf, traceInGroups } from '@assay/protocol'
import type { AttestationTrace } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { createTraceBuffer } from '../../src/operations/trace-buffer.ts'

const trace = (id: string): AttestationTrace => ({
  trace: id,
  at: '2026-01-01T00:00:00.000Z',
  app: 'a',
  build: 'b',
  outcome: 'denied',
  code: 'C',
  segments: [],
  ear: null,
  key: null,
  device: null,
  refused: [],
})

function store() {
  const written: AttestationTrace[][] = []
  let fail = false
  return {
    written,
    fail: (on: boolean) => (fail = on),
    insert: async (batch: readonly AttestationTrace[]) => {
      if (fail) throw new Error('away')
      written.push([...batch])
    },
    list: async () => written.flat(),
    find: async (id: string) => written.flat().find((one) => one.trace === id),
  }
}

it('writes traces that came together as one batch, and finds them before and after', async () => {
  const traces = store()
  const buffer = createTraceBuffer(traces)
  const [one, two] = [1, 2].map((byte) => traceIdOf(new Uint8Array(10).fill(byte))) as [string, string]
  // As a service before 0.1.0 named it, whose traces are kept for 30 days.
  const former = 'JnGmJ1zKQxq0V7yq3c2hVA'
  for (const id of [one, two, former]) buffer.record(trace(id))
  expect((await buffer.find(two))?.trace).toBe(two)
  await Promise.all([buffer.flush(), buffer.flush()])
  expect(traces.written.map((batch) => batch.map((each) => each.trace))).toEqual([[one, two, former]])
  expect((await buffer.find(traceInGroups(two).toLowerCase()))?.trace).toBe(two)
  expect((await buffer.find(` ${former}`))?.trace).toBe(former)
  expect(await buffer.find(two.slice(0, -1))).toBeUndefined()
})

it('keeps traces that could not be written', async () => {
  const traces = store()
  const buffer = createTraceBuffer(traces)
  buffer.record(trace('1'))
  traces.fail(true)
  await expect(buffer.flush()).rejects.toThrow('away')
  traces.fail(false)
  await buffer.flush()
  expect(traces.written.flat()).toHaveLength(1)
})

it('keeps traces that come while a batch is written', async () => {
  const traces = store()
  let write = () => {}
  const slow = {
    ...traces,
    insert: async (batch: readonly AttestationTrace[]) => {
      // As the repository does: rows are made of the batch before the statement is awaited.
      const rows = [...batch]
      await new Promise<void>((resolve) => (write = resolve))
      await traces.insert(rows)
    },
  }
  const buffer = createTraceBuffer(slow)
  buffer.record(trace('first'))
  const first = buffer.flush()
  await new Promise(setImmediate)
  buffer.record(trace('meanwhile'))
  write()
  await first
  const second = buffer.flush()
  await new Promise(setImmediate)
  write()
  await second
  expect(traces.written.map((batch) => batch.map((one) => one.trace))).toEqual([['first'], ['meanwhile']])
})

it('holds a limited number, and counts the rest', () => {
  const buffer = createTraceBuffer(store())
  for (let i = 0; i < 6000; i++) buffer.record(trace(String(i)))
  expect(buffer.takeDropped()).toBe(1000)
  expect(buffer.takeDropped()).toBe(0)
})
