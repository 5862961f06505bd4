import { describe, expect, it } from 'vitest'
import { createTimed } from '../../src/system/timed.ts'

describe('timed steps', () => {
  it('are measured whether they succeed or fail', async () => {
    let now = 1_000
    const seen: [string, number][] = []
    const timed = createTimed<'read' | 'write'>(() => now)
    timed.follow((step, seconds) => seen.push([step, seconds]))
    const takes = (milliseconds: number) => async () => {
      now += milliseconds
      return milliseconds
    }
    expect(await timed.time('read', takes(250))).toBe(250)
    const fails = async () => {
      now += 3_000
      throw new Error('no answer')
    }
    await expect(timed.time('write', fails)).rejects.toThrow('no answer')
    expect(seen).toEqual([
      ['read', 0.25],
      ['write', 3],
    ])
  })

  it('cost nothing without an observer', async () => {
    const timed = createTimed<'read'>(() => {
      throw new Error('the clock was read')
    })
    expect(await timed.time('read', async () => 1)).toBe(1)
  })
})
