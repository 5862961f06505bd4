import { expect, it } from 'vitest'
import { composePruning } from '../../src/composition/pruning.feature.ts'

const day = 24 * 3_600_000
const running = new AbortController().signal

function pruning(lastTrusted: number | undefined) {
  const pruned: string[] = []
  const warned: string[] = []
  const feature = (name: string) => ({ prune: async () => void pruned.push(name) })
  const written: number[] = []
  const { begin, jobs } = composePruning({
    config: { clock: () => 100 * day, steady: () => 0 },
    storage: {
      clockCheck: { read: async () => lastTrusted, write: async (time) => void written.push(time) },
    },
    features: [feature('a'), {}, feature('b')],
    log: { warn: (_fields, message) => warned.push(message) },
    onMalfunction: (error) => expect.unreachable(String(error)),
  })
  return { begin, run: (signal = running) => jobs?.[0]?.work(signal), pruned, warned, written }
}

it('removes what is old of each feature, in their order', async () => {
  const { run, pruned, warned } = pruning(100 * day - 1)
  await run()
  expect([pruned, warned]).toEqual([['a', 'b'], []])
})

it('removes nothing while the clock is in doubt, and says so', async () => {
  const { run, pruned, warned } = pruning(50 * day)
  await run()
  expect(pruned).toEqual([])
  expect(warned).toEqual([expect.stringMatching(/nothing old is removed yet$/)])
})

it('removes no more once the service stops', async () => {
  const { run, pruned } = pruning(undefined)
  await run(AbortSignal.abort())
  expect(pruned).toEqual([])
})

it('records no time before the service listens', async () => {
  const { begin, written } = pruning(undefined)
  expect(written).toEqual([])
  begin?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(written).toEqual([100 * day])
})
