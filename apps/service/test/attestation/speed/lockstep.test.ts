import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createLockstep } from '../../../src/attestation/speed/lockstep.ts'

describe('lockstep', () => {
  it('takes each step together, in the order in which requests came', async () => {
    const nextTick = createLockstep()
    const taken: string[] = []
    const request = async (name: string) => {
      for (const step of [1, 2, 3]) {
        await nextTick()
        taken.push(`${name}${step}`)
      }
    }
    await Promise.all(['a', 'b', 'c'].map(request))
    expect(taken).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'a3', 'b3', 'c3'])
  })

  it('goes on without a request that waits for something else', async () => {
    const nextTick = createLockstep()
    const taken: string[] = []
    let free = () => undefined as void
    const vendor = new Promise<void>((resolve) => (free = resolve))
    const slow = (async () => {
      await nextTick()
      await vendor
      await nextTick()
      taken.push('slow')
    })()
    for (let i = 0; i < 2; i++) await nextTick()
    taken.push('quick')
    free()
    await slow
    expect(taken).toEqual(['quick', 'slow'])
  })

  it('goes on with the others when one fails', async () => {
    const nextTick = createLockstep()
    const failing = nextTick()?.then(() => Promise.reject(new Error('bad evidence')))
    const other = nextTick()?.then(() => nextTick())
    await expect(failing).rejects.toThrow('bad evidence')
    await expect(other).resolves.toBeUndefined()
  })

  it('takes as many in one tick as it may, and the others in the next', async () => {
    const nextTick = createLockstep()
    let taken = 0
    for (let i = 0; i < 150; i++) void nextTick()?.then(() => (taken += 1))
    const counts: number[] = []
    for (let i = 0; i < 4; i++) {
      await setImmediate()
      counts.push(taken)
    }
    expect(counts.slice(0, 3)).toEqual([64, 128, 150])
  })

  it('lets a request that is alone wait once, and with others in company again', async () => {
    const nextTick = createLockstep()
    const waits: string[] = []
    let free = () => undefined as void
    const vendor = new Promise<void>((resolve) => (free = resolve))
    const request = nextTick.request(async (name: string, asked?: Promise<void>) => {
      for (let step = 0; step < 3; step += 1) {
        const tick = nextTick()
        waits.push(`${name} ${tick === undefined ? 'goes on' : 'waits'}`)
        await tick
        if (step === 1) await asked
      }
    })
    await request('alone')
    expect(waits.splice(0)).toEqual(['alone waits', 'alone goes on', 'alone goes on'])
    const first = request('first', vendor)
    await setImmediate()
    await setImmediate()
    const second = request('second')
    free()
    await Promise.all([first, second])
    expect(waits.filter((wait) => wait.startsWith('first'))).toEqual([
      'first waits',
      'first goes on',
      'first waits',
    ])
    expect(waits).toContain('second waits')
  })

  it('lets the event loop go on', async () => {
    const nextTick = createLockstep()
    let turned = false
    void setImmediate().then(() => (turned = true))
    await nextTick()
    expect(turned).toBe(true)
  })
})

it('takes no more steps in one tick than it is told', async () => {
  const nextTick = createLockstep(() => 2)
  const taken: number[] = []
  const requests = [1, 2, 3].map(async (number) => {
    await nextTick()
    taken.push(number)
  })
  expect(nextTick.waiting()).toBe(3)
  await requests[1]
  expect(taken).toEqual([1, 2])
  expect(nextTick.waiting()).toBe(1)
  await Promise.all(requests)
  expect(taken).toEqual([1, 2, 3])
})
