import type { Api, App } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import type { BuildSummary } from '../../../src/attestation/ports.ts'
import { createRegistrations } from '../../../src/attestation/registrations/registrations.ts'
import { vocabulary } from '../../schemes.ts'

const app = (id: string) => ({ id }) as App
const build = (id: string) => ({ id }) as BuildSummary
const api = (audience: string, apps: string[], origins: string[] = []) =>
  ({ audience, apps, origins }) as unknown as Api

function world() {
  const state = {
    apps: [app('a')],
    apis: [api('x', ['a'], ['https://o'])],
    builds: [build('1')],
    reads: 0,
    now: 0,
  }
  let fail = false
  const registrations = createRegistrations({
    vocabulary,
    apps: {
      list: async () => {
        state.reads += 1
        if (fail) throw new Error('the store is away')
        return state.apps
      },
    },
    apis: { list: async () => state.apis },
    builds: {
      list: async () => {
        if (fail) throw new Error('the store is away')
        return state.builds
      },
    },
    bans: { list: async () => [] },
    policies: { list: async () => [] },
    clock: () => state.now,
    maxAge: 5000,
    graceOnFault: 900_000,
  })
  return { state, registrations, fail: (on: boolean) => (fail = on) }
}

describe('registrations in memory', () => {
  it('are read once and again after a change', async () => {
    const { state, registrations } = world()
    expect((await registrations.find('a'))?.builds.has('1')).toBe(true)
    expect(await registrations.find('b')).toBeUndefined()
    expect(await registrations.isOrigin('https://o')).toBe(true)
    expect(await registrations.isOrigin('https://p')).toBe(false)
    expect(state.reads).toBe(1)
    state.apps.push(app('b'))
    expect(await registrations.find('b')).toBeUndefined()
    registrations.changed()
    expect((await registrations.find('b'))?.app.id).toBe('b')
    expect((await registrations.find('b'))?.apis.size).toBe(0)
    expect((await registrations.find('a'))?.apis.has('x')).toBe(true)
  })

  it('are read again when they are too old, whichever way the clock went', async () => {
    const { state, registrations } = world()
    await registrations.find('a')
    state.now = 6000
    await registrations.find('a')
    state.now = 0
    await registrations.find('a')
    expect(state.reads).toBe(3)
  })

  it('are a malfunction while the store is away, and come back with it', async () => {
    const { registrations, fail } = world()
    fail(true)
    await expect(registrations.find('a')).rejects.toThrow('the store is away')
    fail(false)
    expect((await registrations.find('a'))?.app.id).toBe('a')
  })

  it('count for a while when the store does not say whether they are still so', async () => {
    const { state, registrations, fail } = world()
    await registrations.find('a')
    fail(true)
    state.now = 10_000
    expect((await registrations.find('a'))?.builds.has('1')).toBe(true)
    state.now = 899_999
    expect((await registrations.find('a'))?.builds.has('1')).toBe(true)
    state.now = 900_000
    await expect(registrations.find('a')).rejects.toThrow('the store is away')
  })

  it('are read in the background once the store has failed, at most each second', async () => {
    const { state, registrations, fail } = world()
    await registrations.find('a')
    fail(true)
    state.now = 10_000
    await registrations.find('a')
    const reads = state.reads
    state.now = 10_999
    for (let i = 0; i < 10; i += 1) await registrations.find('a')
    expect(state.reads).toBe(reads)
    fail(false)
    state.builds.push(build('2'))
    state.now = 11_000
    expect((await registrations.find('a'))?.builds.has('2')).toBe(false)
    expect(state.reads).toBe(reads + 1)
    await new Promise(setImmediate)
    expect((await registrations.find('a'))?.builds.has('2')).toBe(true)
  })

  it('do not come back as they were before a write of this process', async () => {
    const { state, registrations, fail } = world()
    await registrations.find('a')
    registrations.changed()
    fail(true)
    await expect(registrations.find('a')).rejects.toThrow('the store is away')
    fail(false)
    const underWay = registrations.find('a')
    state.apps.push(app('b'))
    registrations.changed()
    await underWay
    fail(true)
    await expect(registrations.find('b')).rejects.toThrow('the store is away')
  })
})
