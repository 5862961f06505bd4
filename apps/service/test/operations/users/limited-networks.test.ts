import { beforeEach, describe, expect, it } from 'vitest'
import {
  createLimitedNetworks,
  type LimitedNetworks,
} from '../../../src/operations/users/limited-networks.ts'

const minute = 60_000
let now: number
let networks: LimitedNetworks
const pass = (network: string, phones: number) => {
  for (let i = 0; i < phones; i++) networks.passed(network, `key ${i}`)
}
const limit = (network: string, times = 20, code = 'LIMIT_NETWORK') => {
  for (let i = 0; i < times; i++) networks.unserved(network, code)
}

beforeEach(() => {
  now = 5
  networks = createLimitedNetworks(() => now)
})

describe('networks beyond their limit', () => {
  it.each(['LIMIT_NETWORK', 'LIMIT_CHALLENGES'])(
    'count if twenty phones have passed from them: %s',
    (code) => {
      pass('192.0.2.0/24', 20)
      limit('192.0.2.0/24', 19, code)
      expect(networks.count()).toBe(0)
      limit('192.0.2.0/24', 1, code)
      expect(networks.count()).toBe(1)
      now += 5 * minute + 1
      expect(networks.count()).toBe(0)
    },
  )

  it('do not count if strangers flood from twenty of them, one with a few phones', () => {
    for (let i = 0; i < 20; i++) limit(`198.51.${i}.0/24`, 10_000)
    pass('203.0.113.0/24', 19)
    for (let i = 0; i < 100; i++) networks.passed('203.0.113.0/24', 'key 0')
    limit('203.0.113.0/24', 10_000)
    expect(networks.count()).toBe(0)
  })

  it('do not count for another limit, or when their phones left long ago', () => {
    pass('192.0.2.0/24', 20)
    limit('192.0.2.0/24', 100, 'LIMIT_APP')
    expect(networks.count()).toBe(0)
    now += 61 * minute
    limit('192.0.2.0/24', 100)
    expect(networks.count()).toBe(0)
  })
})
