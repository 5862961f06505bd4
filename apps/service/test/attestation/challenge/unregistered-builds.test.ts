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
