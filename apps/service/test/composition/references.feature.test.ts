import { fixedRandom } from '@assay/testkit/fixed'
import { expect, it } from 'vitest'
import { composeReferences } from '../../src/composition/references.feature.ts'
import type { Storage } from '../../src/storage/open-storage.ts'

const off = ['com.example.a', 'com.example.b']
const on = 'com.example.b2'

async function world() {
  const written: string[][] = []
  const removed: (readonly string[])[] = []
  const pages = [
    [{ id: off[0], references: false }],
    [
      { id: off[1], references: false },
      { id: on, references: true },
    ],
  ]
  const storage = {
    secrets: { getOrCreate: async (_name: string, make: () => Uint8Array) => make() },
    references: {
      note: async (said: readonly { app: string }[]) => void written.push(said.map(({ app }) => app)),
      pruneReferences: async () => undefined,
      removeReferences: async (apps: readonly string[]) => void removed.push(apps),
    },
    apps: {
      list: async ({ after }: { after: string | undefined }) =>
        after === undefined ? pages[0] : after === off[0] ? pages[1] : [],
    },
  } as unknown as Pick<Storage, 'secrets' | 'references' | 'apps'>
  const { handlers, prune } = await composeReferences({
    config: { clock: () => 0, random: fixedRandom('references') },
    storage,
    onMalfunction: (error) => expect.fail(String(error)),
  })
  const say = (apps: readonly string[]) => {
    for (const app of apps) handlers.notes.note(app, 'key', handlers.referenceOf(app, 'user'))
    return handlers.notes.flush()
  }
  return { written, removed, prune, say, handlers }
}

it('the clean-up removes what apps without references have, also where another node turned them off', async () => {
  const { written, removed, prune, say } = await world()
  await say([...off, on])
  await prune()
  expect(removed).toEqual([off])
  // Turned on again, they are written at once; what stayed on is known.
  await say([...off, on])
  expect(written).toEqual([[...off, on], off])
})

it('turning them off removes those of that app alone', async () => {
  const { written, removed, say, handlers } = await world()
  await say([...off, on])
  await handlers.forgetOf('com.example.b')
  expect(removed).toEqual([['com.example.b']])
  await say([...off, on])
  expect(written.at(-1)).toEqual(['com.example.b'])
})
