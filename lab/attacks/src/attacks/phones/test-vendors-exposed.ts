import { onPhone } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const testVendorsExposed = onPhone({
  id: 'test-vendors-exposed',
  title: 'A service that believes the roots of the testkit is opened to others than its own machine',
  oat: 'OAT-014',
  method: 'under a public URL, on all addresses, behind a proxy; the twin starts on loopback',
  attack: async (world) => {
    const url = ['--public-url', 'https://attest.example']
    const tries = [url, ['--host', '0.0.0.0', ...url], ['--trusted-proxy', '127.0.0.1']]
    return allOf(await Promise.all(tries.map((args) => world.startWithTestVendors(...args))))
  },
  twin: (world) => world.startWithTestVendors(),
})
