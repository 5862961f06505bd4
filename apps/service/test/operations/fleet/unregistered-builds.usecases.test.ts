import { expect, it } from 'vitest'
import { createUnregisteredBuildUseCases } from '../../../src/operations/fleet/unregistered-builds.usecases.ts'

const named = (build: string, networks: number, app = 'app') => ({ app, build, networks })

function useCases(list: ReturnType<typeof named>[], nodes = 1) {
  const states = new Map<string, 'active' | 'pending' | 'retired'>([
    ['registered', 'active'],
    ['waiting', 'pending'],
    ['retired', 'retired'],
  ])
  const looks: string[] = []
  const { list: listed } = createUnregisteredBuildUseCases({
    counted: { minutes: 30, list: () => list },
    registrations: {
      findApp: async (id) => (id === 'app' ? { id } : undefined),
      findBuild: async (_app, id) => {
        looks.push(id)
        const state = states.get(id)
        return state && { state }
      },
    },
    nodes: () => nodes,
  })
  return { looks, list: listed }
}

it('names builds from twenty networks on, and no others', async () => {
  const { list, looks } = useCases([named('2.0', 50), named('3.0', 20), named('made-up', 19)])
  expect(await list()).toEqual({
    builds: [
      { app: 'app', build: '2.0', networks: 50, pending: false },
      { app: 'app', build: '3.0', networks: 20, pending: false },
    ],
    ...{ minutes: 30, at_least: 20, nodes: 1 },
  })
  expect(looks).toEqual(['2.0', '3.0'])
})

it('leaves out what was registered since, and apps that were removed; what is pending it says', async () => {
  const { list } = useCases([
    named('registered', 40),
    named('retired', 40),
    named('waiting', 40),
    named('2.0', 40, 'removed'),
  ])
  expect((await list()).builds).toEqual([{ app: 'app', build: 'waiting', networks: 40, pending: true }])
})

it('says of how many nodes one answers, and names a hundred builds at most', async () => {
  const many = Array.from({ length: 300 }, (_, i) => named(`b${i}`, 30))
  const { list, looks } = useCases(many, 3)
  const { builds, nodes } = await list()
  expect([builds.length, looks.length, nodes]).toEqual([100, 100, 3])
})
