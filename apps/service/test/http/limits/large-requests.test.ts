import { setImmediate as nextTick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createLargeRequests, waitingRequests } from '../../../src/http/limits/large-requests.ts'

/** Reads by name, which end when they are told to. */
function readsUnder(most = waitingRequests) {
  const world = { now: 0 }
  const rests: number[] = []
  const reads = createLargeRequests({
    most,
    clock: () => world.now,
    rest: async (milliseconds) => {
      rests.push(milliseconds)
      await nextTick()
    },
  })
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const gone = new Set<string>()
  const read = (key: string, name: string) =>
    reads({ key, isGone: () => gone.has(name) }, async () => {
      begun.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      return name
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await nextTick()
    await nextTick()
  }
  return { reads, read, end, begun, gone, world, rests }
}

describe('large requests', () => {
  it('are carried out one at a time, and keys take turns', async () => {
    const { read, end, begun } = readsUnder()
    const all = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => read(name.charAt(0), name))
    for (const name of ['a1', 'a2', 'b1', 'a3', 'b2']) {
      expect(begun.at(-1)).toBe(name)
      await end(name)
    }
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2'])
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
  })

  it('leave the loop to others for as long as the last one took, up to a second', async () => {
    const { read, end, world, rests } = readsUnder()
    const all = [read('a', 'a1'), read('a', 'a2')]
    world.now = 40
    await end('a1')
    world.now = 5_000
    await end('a2')
    await Promise.all(all)
    expect(rests).toEqual([40, 1_000])
  })

  it('of one key that has too many waiting are refused, and those of another wait', async () => {
    const { read, end, begun } = readsUnder({ perKey: 2, all: 3 })
    const served = ['a1', 'a2', 'a3'].map((name) => read('a', name))
    await expect(read('a', 'a4')).rejects.toMatchObject({
      code: 'rate_limited',
      limit: 'LIMIT_KEY',
      retryAfter: 1,
    })
    served.push(read('b', 'b1'))
    await expect(read('c', 'c1')).rejects.toMatchObject({ code: 'rate_limited' })
    for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name)
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3'])
    await Promise.all(served)
  })

  it('go on after one that fails, and leave out a reader who has hung up', async () => {
    const { reads, read, end, begun, gone } = readsUnder()
    const fails = reads({ key: 'a', isGone: () => false }, () => Promise.reject(new Error('broken')))
    const left = read('a', 'left')
    const stays = read('a', 'stays')
    gone.add('left')
    await expect(fails).rejects.toThrow('broken')
    await expect(left).rejects.toMatchObject({ code: 'request_invalid' })
    await nextTick()
    await nextTick()
    expect(begun).toEqual(['stays'])
    await end('stays')
    expect(await stays).toBe('stays')
    expect(await reads({ key: 'a', isGone: () => false }, () => 'free')).toBe('free')
  })
})
