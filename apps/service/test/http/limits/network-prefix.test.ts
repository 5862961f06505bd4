import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { networkPrefix, widerPrefixes } from '../../../src/http/limits/network-prefix.ts'

it.each([
  ['192.0.2.1', '192.0.2'],
  ['::ffff:192.0.2.200', '192.0.2'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['1::', '1:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['192.0.2.1:4711', '192.0.2'],
  ['[2001:db8:1:2::1]:4711', '2001:db8:1:2'],
  ['[2001:db8:1:2::1]', '2001:db8:1:2'],
  // IPv4 inside of IPv6: mapped, in hex as well, translated, and by NAT64.
  ['::ffff:c000:2c8', '192.0.2'],
  ['0:0:0:0:0:FFFF:C000:02C8', '192.0.2'],
  ['[::ffff:192.0.2.200]:80', '192.0.2'],
  ['::ffff:0:192.0.2.1', '192.0.2'],
  ['64:ff9b::192.0.2.1', '192.0.2'],
  ['64:ff9b::c000:201', '192.0.2'],
  ['64:ff9b:1::c000:201', '64:ff9b:1:0'],
  // Each text that is not an address, by itself.
  ['', '?'],
  ['localhost', '?localhost'],
  ['unknown', '?unknown'],
  ['_hidden:1:2:3', '?_hidden:1:2:3'],
  ['192.0.2.1:', '?192.0.2.1:'],
  ['192.0.2.1:123456', '?192.0.2.1:123456'],
  ['x'.repeat(5_000), `?${'x'.repeat(64)}`],
])('%s lies in %s', (address, prefix) => {
  expect(networkPrefix(address)).toBe(prefix)
})

it('is one for all addresses of a /64, however they are written', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      fc.pre(isIP(address) === 6)
      const prefix = networkPrefix(address)
      const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
      expect(networkPrefix(canonical)).toBe(prefix)
    }),
  )
})

it('belongs to a /56 and a /48 if it is an IPv6 prefix', () => {
  expect(widerPrefixes('2001:db8:1:abcd::1')).toEqual(['2001:db8:1:ab/56', '2001:db8:1/48'])
  expect(widerPrefixes('2001:db8:1:ab00::1')).toEqual(['2001:db8:1:ab/56', '2001:db8:1/48'])
  expect(widerPrefixes('2001:db8:1:ac00::1')[0]).toBe('2001:db8:1:ac/56')
  expect(widerPrefixes('::1')).toEqual(['0:0:0:0/56', '0:0:0/48'])
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '64:ff9b::c000:201', 'localhost', '_a:b:c:d', ''])
    expect(widerPrefixes(address)).toEqual([])
})
