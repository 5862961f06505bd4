import { expect, test } from 'vitest'
import { networkPrefix } from '../../src/meter/network-prefix.ts'

const bits = { ipv4: 24, ipv6: 56 }

test.each([
  ['192.0.2.77', '192.0.2/24'],
  ['::ffff:192.0.2.77', '192.0.2/24'],
  ['::ffff:c000:24d', '192.0.2/24'],
  ['2001:db8:1:2aff::1', '20010db80001' + '2a/56'],
  ['2001:db8:1:2a00:ffff::', '20010db80001' + '2a/56'],
  ['2001:0DB8:0001:2a00:0:0:0:1%eth0', '20010db80001' + '2a/56'],
  ['::1', '00000000000000/56'],
  [undefined, '?'],
  ['unix:', '?'],
  ['192.0.2.300', '?'],
])('%s lies in %s', (address, network) => {
  expect(networkPrefix(address, bits)).toBe(network)
})

test('cuts between octets too', () => {
  expect(networkPrefix('192.0.3.1', { ...bits, ipv4: 23 })).toBe('192.0.2/23')
  expect(networkPrefix('2001:db8:1:2aff::1', { ...bits, ipv6: 60 })).toBe('20010db800012af0/60')
})
