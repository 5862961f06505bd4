import type { Api, App } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import type { BuildSummary } from '../../../src/attestation/ports.ts'
import { createRegisteredFacts } from '../../../src/attestation/registrations/registered-facts.ts'
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
  const facts = createRegisteredFacts({
    vocabulary,
    apps: {
      list: async () => {
        state.reads += 1
        if (fail) throw new Error('the store is away')
        return state.apps
      },
    },
    apis: { list: async () => state.apis },
    builds: { list: async () => state.builds },
    bans: { list: async () => [] },
    policies: { list: async () => [] },
    clock: () => state.now,
    maxAge: 5000,
  })
  return { state, facts, fail: (on: boolean) => (fail = on) }
}

describe('registered facts', () => {
  it('are read once and again after a change', async () => {
    const { state, facts } = world()
    expect((await facts.find('a'))?.builds.has('1')).toBe(true)
    expect(await facts.find('b')).toBeUndefined()
    expect(await facts.isOrigin('https://o')).toBe(true)
    expect(await facts.isOrigin('https://p')).toBe(false)
    expect(state.reads).toBe(1)
    state.apps.push(app('b'))
    expect(await facts.find('b')).toBeUndefined()
    facts.changed()
    expect((await facts.find('b'))?.app.id).toBe('b')
    expect((await facts.find('b'))?.apis.size).toBe(0)
    expect((await facts.find('a'))?.apis.has('x')).toBe(true)
  })

  it('are read again when they are too old, whichever way the clock went', async () => {
    const { state, facts } = world()
    await facts.find('a')
    state.now = 6000
    await facts.find('a')
    state.now = 0
    await facts.find('a')
    expect(state.reads).toBe(3)
  })

  it('are a malfunction while the store is away, and come back with it', async () => {
    const { facts, fail } = world()
    fail(true)
    await expect(facts.find('a')).rejects.toThrow('the store is away')
    fail(false)
    expect((await facts.find('a'))?.app.id).toBe('a')
  })
})
