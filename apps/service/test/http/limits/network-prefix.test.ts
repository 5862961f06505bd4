import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { networkPrefix, widerPrefixes, widestNetwork } from '../../../src/http/limits/network-prefix.ts'

const file = new URL('../../../../../packages/shared/vectors/networks/addresses.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
  cases: { address: string; ipv4?: string; ipv6?: [string, string, string] }[]
}

it.each(cases)('counts "$address" for its network', ({ address, ipv4, ipv6 }) => {
  const unread = `?${address}`
  expect(networkPrefix(address)).toBe(ipv6?.[2] ?? ipv4 ?? unread)
  expect(widerPrefixes(address)).toEqual(ipv6 === undefined ? [] : [ipv6[1], ipv6[0]])
  expect(widestNetwork(address)).toBe(ipv6?.[0] ?? ipv4 ?? unread)
})

it('knows a long text by its beginning', () => {
  expect(networkPrefix('x'.repeat(5_000))).toBe(`?${'x'.repeat(64)}`)
})
