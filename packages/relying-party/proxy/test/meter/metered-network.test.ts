import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createMemoryMeter } from '../../src/meter/memory-meter.ts'
import { meteredNetwork } from '../../src/meter/metered-network.ts'
import { callOf, midnight, rulesOf } from './calls.ts'

const file = new URL('../../../../shared/vectors/networks/addresses.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
  cases: { address: string; ipv4?: string; ipv6?: [string, string, string] }[]
}

test.each(cases)('"$address" counts for its network', ({ address, ipv4, ipv6 }) => {
  expect(meteredNetwork(address, { ipv4: 24, ipv6: 56 })).toBe(ipv6?.[1] ?? ipv4 ?? '?')
})

test('calls without an address count for one network', () => {
  expect(meteredNetwork(undefined, { ipv4: 24, ipv6: 56 })).toBe('?')
})

test('a hundred phones behind NAT64 are served, and a hundred of one network are not', () => {
  const servedOf = (addressOf: (phone: number) => string) => {
    const rules = [rulesOf({ network: { requests: ['30/min'] } })]
    const meter = createMemoryMeter({ rules, clock: () => midnight })
    const phones = Array.from({ length: 100 }, (_, phone) =>
      meter.reserve(callOf(`phone ${phone}`, { address: addressOf(phone) })),
    )
    return phones.filter((answer) => (answer as { ok: boolean }).ok).length
  }
  expect(servedOf((phone) => `64:ff9b::198.51.${phone}.7`)).toBe(100)
  expect(servedOf((phone) => `64:ff9b::198.51.100.${phone}`)).toBe(30)
})
