import { expect, it } from 'vitest'
import { createUnregisteredBuilds } from '../../../src/attestation/challenge/unregistered-builds.ts'

it('counts distinct networks, for half an hour, whatever one network names', () => {
  let now = 1_000_000
  const builds = createUnregisteredBuilds(() => now)
  for (let i = 0; i < 20; i++) builds.named('app', '2.0', `192.0.${i}`)
  for (let i = 0; i < 1_000; i++) builds.named('app', '2.0', '192.0.1')
  for (let i = 0; i < 10_000; i++) builds.named('app', `made-up-${i}`, '203.0.113')
  expect(builds.list()[0]).toEqual({ app: 'app', build: '2.0', networks: 20 })
  expect(builds.list().length).toBeLessThanOrEqual(4)
  for (let i = 0; i < 1_000; i++) builds.named('app', '2.0', `10.${i >> 8}.${i & 255}`)
  expect(builds.list()[0]?.networks).toBe(50)
  now += 30 * 60_000
  expect(builds.list()).toEqual([])
})

it('counts each network for half an hour after it last named the build', () => {
  let now = 1_000_000
  const builds = createUnregisteredBuilds(() => now)
  for (let i = 0; i < 20; i++) builds.named('app', '2.0', `192.0.${i}`)
  now += 20 * 60_000
  builds.named('app', '2.0', '192.0.0')
  now += 10 * 60_000
  expect(builds.list()).toEqual([{ app: 'app', build: '2.0', networks: 1 }])
})

it('lets one network push out no build that others name, whatever apps it names', () => {
  const builds = createUnregisteredBuilds(() => 1_000_000)
  const named = () => builds.list().find(({ app }) => app === 'app')?.networks
  for (let i = 0; i < 20; i++) {
    builds.named('app', '2.0', `192.0.${i}`)
    for (let j = 0; j < 1_000; j++) builds.named(`app-${j}`, `made-up-${i}`, '203.0.113')
    expect(named()).toBe(i + 1)
  }
})

it('remembers 500 builds, and forgets the one with the fewest networks first', () => {
  const builds = createUnregisteredBuilds(() => 1_000_000)
  for (let i = 0; i < 20; i++) builds.named('app', '2.0', `192.0.${i}`)
  for (let i = 0; i < 2_000; i++) builds.named('app', `made-up-${i}`, `10.${i >> 8}.${i & 255}`)
  const list = builds.list()
  expect(list).toHaveLength(500)
  expect(list[0]).toEqual({ app: 'app', build: '2.0', networks: 20 })
})
