import { expect, it } from 'vitest'
import { createChanges, type Change } from '../../src/composition/changes.ts'

it('a change reaches every follower, one after the other', async () => {
  const changes = createChanges()
  const seen: [string, Change][] = []
  changes.follow(async (change) => {
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(['first', change])
  })
  changes.follow((change) => void seen.push(['second', change]))
  await changes.publish({ isOwn: false })
  expect(seen).toEqual([
    ['first', { isOwn: false }],
    ['second', { isOwn: false }],
  ])
})

it('a follower that fails is not up to date, and neither is the service', async () => {
  const changes = createChanges()
  changes.follow(() => Promise.reject(new Error('the store is away')))
  await expect(changes.publish({ isOwn: true })).rejects.toThrow('the store is away')
})
