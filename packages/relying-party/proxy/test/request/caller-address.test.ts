import { expect, test } from 'vitest'
import { createCallerAddress } from '../../src/request/caller-address.ts'

test('without trusted proxies the address is that of the peer, whatever the field says', () => {
  const addressOf = createCallerAddress([])
  expect(addressOf?.('203.0.113.7', ['192.0.2.1'])).toBe('203.0.113.7')
})

test.each<[string, string | undefined, string[], string | undefined]>([
  ['the last that is no proxy', '10.0.0.1', ['192.0.2.1, 198.51.100.2, 10.0.0.9'], '198.51.100.2'],
  ['over several fields', '10.0.0.1', ['192.0.2.1', '198.51.100.2'], '198.51.100.2'],
  ['without its port', '10.0.0.1', ['198.51.100.2:4711'], '198.51.100.2'],
  ['an IPv6 address in brackets', '10.0.0.1', ['[2001:db8::1]:443'], '2001:db8::1'],
  ['of a peer that is no proxy: its own', '203.0.113.7', ['192.0.2.1'], '203.0.113.7'],
  ['the proxy itself, where it says nothing', '10.0.0.1', [], '10.0.0.1'],
  ['none, where a proxy says something that is no address', '10.0.0.1', ['unknown'], undefined],
])('behind a trusted proxy the address is %s', (_, peer, forwarded, expected) => {
  expect(createCallerAddress(['10.0.0.0/8'])?.(peer, forwarded)).toBe(expected)
})

test.each(['proxy', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '2001:db8::/129'])(
  '%s is no proxy',
  (proxy) => {
    expect(createCallerAddress([proxy])).toBeUndefined()
  },
)
