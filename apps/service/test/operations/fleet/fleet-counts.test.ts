import { expect, it } from 'vitest'
import { createFleetCounts, type Counted } from '../../../src/operations/fleet/fleet-counts.ts'
import type { MinuteCount, MinuteLatency } from '../../../src/operations/fleet/ports.ts'

const passed: Counted = {
  app: 'com.example',
  build: '1',
  platform: 'web',
  outcome: 'passed',
  tier: 'warning',
  code: '',
  evidence: '',
  policy: 'default@1',
  milliseconds: 3,
}

function counting() {
  const written: { counts: readonly MinuteCount[]; latencies: readonly MinuteLatency[] }[] = []
  const world = { now: 600_000, failAfter: Infinity, written }
  const store = {
    add: async (counts: readonly MinuteCount[], latencies: readonly MinuteLatency[]) => {
      if (written.length >= world.failAfter) throw new Error('the store does not answer')
      written.push({ counts, latencies })
    },
  }
  return { ...createFleetCounts(store, () => world.now), world }
}

it('adds up equal outcomes within a minute, and writes them once', async () => {
  const { count, flush, world } = counting()
  for (let i = 0; i < 3; i++) count(passed)
  count({ ...passed, outcome: 'refused', code: 'X', milliseconds: 9_000 })
  world.now += 60_000
  count(passed)
  await flush()
  await flush()
  expect(world.written).toHaveLength(1)
  expect(world.written[0]?.counts.map(({ minute, outcome, count }) => [minute, outcome, count])).toEqual([
    [600_000, 'passed', 3],
    [600_000, 'refused', 1],
    [660_000, 'passed', 1],
  ])
  expect(world.written[0]?.latencies.map(({ minute, atMost, count }) => [minute, atMost, count])).toEqual([
    [600_000, 5, 3],
    [600_000, null, 1],
    [660_000, 5, 1],
  ])
})

it('keeps counts that could not be written for the next time', async () => {
  const { count, flush, world } = counting()
  count(passed)
  world.failAfter = 0
  await expect(flush()).rejects.toThrow('the store')
  count(passed)
  world.failAfter = Infinity
  await flush()
  expect(world.written[0]?.counts).toMatchObject([{ count: 2 }])
  expect(world.written[0]?.latencies).toMatchObject([{ count: 2 }])
})

it('writes a few at a time, and after a failure only what is not written yet', async () => {
  const { count, flush, world } = counting()
  for (let i = 0; i < 250; i++) count({ ...passed, build: `${i}` })
  world.failAfter = 2
  await expect(flush()).rejects.toThrow('the store')
  expect(world.written.map(({ counts }) => counts.length)).toEqual([100, 100])
  world.failAfter = Infinity
  await flush()
  expect(world.written.map(({ counts }) => counts.length)).toEqual([100, 100, 50])
  const builds = world.written.flatMap(({ counts }) => counts.map(({ build }) => build))
  expect(new Set(builds).size).toBe(250)
  expect(world.written.flatMap(({ latencies }) => latencies)).toMatchObject([{ count: 250 }])
})

it('holds a bounded number of kinds, whatever comes, and loses no attestation', async () => {
  const { count, flush, world } = counting()
  for (let i = 0; i < 3_000; i++) count({ ...passed, app: `app${i % 1500}`, build: `${i}` })
  await flush()
  const counts = world.written.flatMap((write) => write.counts)
  const latencies = world.written.flatMap((write) => write.latencies)
  expect(counts.length).toBeLessThanOrEqual(1_002)
  expect(latencies.length).toBeLessThanOrEqual(502)
  expect(counts.reduce((sum, one) => sum + one.count, 0)).toBe(3_000)
  expect(latencies.reduce((sum, one) => sum + one.count, 0)).toBe(3_000)
})

it('tells refusals apart, however many kinds are reported without a proof', async () => {
  const { count, flush, world } = counting()
  const reported = { ...passed, outcome: 'reported', code: 'network', milliseconds: undefined }
  for (let i = 0; i < 1_000; i++) count({ ...reported, build: `${i}` })
  count({ ...passed, outcome: 'refused', code: 'X' })
  await flush()
  const counts = world.written.flatMap((write) => write.counts)
  expect(counts).toHaveLength(102)
  expect(counts.filter(({ outcome }) => outcome === 'refused')).toMatchObject([{ build: '1', code: 'X' }])
  expect(counts.reduce((sum, one) => sum + one.count, 0)).toBe(1_001)
})

it('tells ABIs and variants apart, and what has neither', async () => {
  const { count, flush, world } = counting()
  count(passed)
  count({ ...passed, abi: 'arm64-v8a' })
  count({ ...passed, abi: 'arm64-v8a', variant: 'play-protected' })
  count({ ...passed, abi: 'arm64-v8a', variant: 'play-protected' })
  await flush()
  expect(world.written[0]?.counts).toMatchObject([
    { abi: '', variant: '', count: 1 },
    { abi: 'arm64-v8a', variant: '', count: 1 },
    { abi: 'arm64-v8a', variant: 'play-protected', count: 2 },
  ])
})
