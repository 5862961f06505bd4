import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { addressIn, networkOf } from '@assay/protocol/network'

interface AddressCase {
  address: string
  ipv4?: string
  ipv6?: [string, string, string]
}

const file = new URL('../../../vectors/networks/addresses.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: AddressCase[] }

it('has cases of each kind', () => {
  expect(cases.filter(({ ipv4 }) => ipv4 !== undefined).length).toBeGreaterThanOrEqual(15)
  expect(cases.filter(({ ipv6 }) => ipv6 !== undefined).length).toBeGreaterThanOrEqual(15)
  expect(cases.filter(({ ipv4, ipv6 }) => ipv4 === undefined && ipv6 === undefined).length).toBeGreaterThan(
    20,
  )
})

it.each(cases)('finds the network of "$address"', ({ address, ipv4, ipv6 }) => {
  const networks = [48, 56, 64].map((bits) => networkOf(address, { ipv4: 24, ipv6: bits }))
  expect(networks).toEqual(ipv6 ?? [ipv4, ipv4, ipv4])
})

it('does not read a text that is longer than any address', () => {
  expect(networkOf(`fe80::1%${'e'.repeat(200)}`, { ipv4: 24, ipv6: 48 })).toBeUndefined()
})

test.each([
  ['192.0.3.1', { ipv4: 23, ipv6: 0 }, '192.0.2.0/23'],
  ['192.0.3.1', { ipv4: 32, ipv6: 0 }, '192.0.3.1/32'],
  ['192.0.3.1', { ipv4: 0, ipv6: 0 }, '0.0.0.0/0'],
  ['2001:db8:1:2aff::1', { ipv4: 0, ipv6: 60 }, '2001:db8:1:2af0::/60'],
  ['2001:db8:1:2aff::1', { ipv4: 0, ipv6: 128 }, '2001:db8:1:2aff:0:0:0:1/128'],
  ['2001:db8:1:2aff::1', { ipv4: 0, ipv6: 0 }, '::/0'],
])('%s under %o lies in %s', (address, bits, network) => {
  expect(networkOf(address, bits)).toBe(network)
})

it('takes the addresses that Node takes', () => {
  const group = fc.oneof(
    fc.constantFrom('', '0', '00', '1', 'ffff', 'FFFF', '12345', 'g', '192.0.2.1', '1.2.3'),
  )
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(group, { maxLength: 10 }).map((all) => all.join(':')),
  )
  fc.assert(
    fc.property(text, (address) => {
      // The same address, with a port.
      fc.pre(!/^[\d.]+:\d*$/.test(address))
      expect(addressIn(address)).toBe(isIP(address) === 0 ? undefined : address)
    }),
    { numRuns: 2_000 },
  )
})

it('is one for all spellings of an address', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      fc.pre(isIP(address) === 6)
      const canonical = new URL(`http://[${address}]`).hostname
      const bits = { ipv4: 32, ipv6: 128 }
      expect(networkOf(canonical, bits)).toBe(networkOf(address.toUpperCase(), bits))
    }),
  )
})
