import { describe, expect, it, vi } from 'vitest'
import { createLifecycle, type Feature } from '../../src/composition/feature.ts'

/** Features of these names, and what happens to them, in order. */
function named(...names: readonly string[]) {
  const happened: string[] = []
  const note = (what: string, name: string) => async () => void happened.push(`${what} ${name}`)
  const features = names.map((name): Feature => ({
    handlers: undefined,
    begin: () => void happened.push(`begin ${name}`),
    drain: note('drain', name),
    close: note('close', name),
  }))
  return { happened, features }
}

const forever = 2 ** 30

describe('features', () => {
  it('begin and close in their order, once, and after all are drained', async () => {
    const { happened, features } = named('a', 'b')
    const { begin, close } = createLifecycle(features, () => undefined)
    begin()
    await Promise.all([close(), close()])
    expect(happened).toEqual(['begin a', 'begin b', 'drain a', 'drain b', 'close a', 'close b'])
  })

  it('work until all are drained, and each is closed only when its own job has ended', async () => {
    const happened: string[] = []
    let runs = 0
    let drained = () => {}
    let ended = () => {}
    const ending = new Promise<void>((resolve) => (ended = resolve))
    const working: Feature = {
      handlers: undefined,
      jobs: [
        {
          every: 0,
          async work(signal) {
            runs += 1
            if (signal.aborted || runs < 3) return
            drained()
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
            happened.push('asked to end')
            await ending
            happened.push('ended')
          },
        },
      ],
      close: async () => void happened.push('closed'),
    }
    // It holds what the job waits for.
    const holding: Feature = {
      handlers: undefined,
      drain: () => new Promise<void>((resolve) => (drained = resolve)),
      close: async () => ended(),
    }
    const { begin, close } = createLifecycle([holding, working], () => undefined)
    begin()
    await close()
    expect(happened).toEqual(['asked to end', 'ended', 'closed'])
    expect(runs).toBe(3)
  })

  it('are all closed, whatever fails on the way, and the first failure is thrown', async () => {
    const { happened, features } = named('a', 'b')
    const failing: Feature = {
      handlers: undefined,
      drain: () => Promise.reject(new Error('draining')),
      close: () => Promise.reject(new Error('closing')),
    }
    const { close } = createLifecycle([failing, ...features], () => undefined)
    await expect(close()).rejects.toThrow('draining')
    expect(happened).toEqual(['drain a', 'drain b', 'close a', 'close b'])
  })

  it('report a job that fails, and run it again', async () => {
    const failures: unknown[] = []
    const fault = new Error('away')
    const job = { every: 0, work: () => Promise.reject(fault) }
    const late = { every: forever, work: async () => void failures.push('too early') }
    const feature: Feature = { handlers: undefined, jobs: [job, late] }
    const { begin, close } = createLifecycle([feature], (error) => failures.push(error))
    begin()
    await vi.waitUntil(() => failures.length > 1)
    await close()
    expect(new Set(failures)).toEqual(new Set([fault]))
  })
})
