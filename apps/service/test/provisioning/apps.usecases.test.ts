import type { SchemeSettings } from '@assay/evidence'
import type { App } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { createAppUseCases } from '../../src/provisioning/apps.usecases.ts'
import type { AppStore, SecretStore } from '../../src/provisioning/model/ports.ts'

function world({ secretFails = false } = {}) {
  const done: string[] = []
  const note = (what: string) => done.push(what)
  const apps = new Set(['com.example'])
  const useCases = createAppUseCases({
    apps: {
      find: async (id: string) => (apps.has(id) ? ({ id } as App) : undefined),
      update: async (id: string) => ({ id }) as App,
      remove: async (id: string) => (note('app'), apps.delete(id)),
    } as unknown as AppStore,
    installations: { forgetOf: async () => void note('installations') },
    forgetReferences: async (app) => void note(`references of ${app}`),
    registrations: { changed: () => void note('changed') },
    clock: () => 0,
    onAdded: () => undefined,
    secrets: {
      remove: async () => {
        note('secret')
        if (secretFails) throw new Error('the store is away')
      },
    } as unknown as SecretStore,
    evidence: [{ secret: { name: 'a-key' } } as SchemeSettings],
  })
  return { useCases, done }
}

it('an app is removed after its installations', async () => {
  const { useCases, done } = world()
  await useCases.remove('com.example')
  expect(done).toEqual(['installations', 'app', 'changed', 'secret'])
})

it('attestations no longer find an app even if its secret cannot be removed', async () => {
  const { useCases, done } = world({ secretFails: true })
  await expect(useCases.remove('com.example')).rejects.toThrow('the store is away')
  expect(done).toContain('changed')
})

it('nothing is removed for an unknown app', async () => {
  const { useCases, done } = world()
  await expect(useCases.remove('com.other')).rejects.toMatchObject({ code: 'app_not_found' })
  expect(done).toEqual([])
})

it('what an app called its users is forgotten once nothing more is kept, and only then', async () => {
  const { useCases, done } = world()
  await useCases.update('com.example', { references: true })
  await useCases.update('com.example', { name: 'Shop' })
  expect(done).toEqual(['changed', 'changed'])
  await useCases.update('com.example', { references: false })
  expect(done.slice(2)).toEqual(['changed', 'references of com.example'])
})
