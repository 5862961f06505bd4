import { afterEach, expect, it } from 'vitest'
import { createTrust } from '../../../src/http/limits/client-address.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

it.each([
  ['10.0.0.5', true],
  ['10.0.0.5:51234', true],
  ['::ffff:10.0.0.5', true],
  ['::ffff:a00:5', true],
  ['[2001:db8::5]:443', true],
  ['2001:db8::5', true],
  ['10.1.0.5:51234', false],
  ['2001:db8:1::5', false],
  // A translator writes addresses of the Internet this way, not those of a network behind it.
  ['64:ff9b::10.0.0.5', false],
  ['10.0.0.5.example', false],
  ['', false],
  ['unknown', false],
])('trusts %s, where 10.0.0.0/16 and 2001:db8::/64 are trusted: %s', (text, trusted) => {
  expect(createTrust(['10.0.0.0/16', '2001:db8::/64'])(text)).toBe(trusted)
})

it('trusts one address where one is named', () => {
  expect(createTrust(['10.0.0.1'])('10.0.0.1')).toBe(true)
  expect(createTrust(['10.0.0.1'])('10.0.0.2')).toBe(false)
})

let service: ServiceUnderTest | undefined
afterEach(() => service?.close())

it('counts clients by their address, with whatever their proxy writes beside it', async () => {
  const running = await runService({
    trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
    limits: { network: { requests: 2, seconds: 3_600 } },
  })
  service = running
  const warnings = () =>
    running
      .log()
      .split('\n')
      .filter((line) => line.includes('X-Forwarded-For'))
  const isRefused = async (forwarded: string) => {
    const headers = { 'x-forwarded-for': forwarded }
    const { status } = await running.call('POST', '/v1/challenges', {
      body: { app: 'none' },
      headers,
      key: null,
    })
    return status === 429
  }
  const refusals = async (...all: string[]) => {
    const found: boolean[] = []
    for (const forwarded of all) found.push(await isRefused(forwarded))
    return found
  }
  // Another network each, and not all in one.
  expect(await refusals('192.0.2.1:1000', '198.51.100.1:1000', '203.0.113.1:1000')).toEqual([
    false,
    false,
    false,
  ])
  // The same network, from other ports and in other forms.
  expect(await refusals('192.0.2.7:2000', '192.0.2.1:3000', '::ffff:c000:201', '64:ff9b::192.0.2.1')).toEqual(
    [...[false, true, true, true]],
  )
  // A trusted proxy that another one writes with its port.
  expect(await refusals('203.0.114.1, 10.0.0.9:4000', '203.0.115.1, 10.0.0.9:4001')).toEqual([false, false])
  expect(warnings()).toEqual([])
  // What is no address: each by itself, and one warning that does not repeat it.
  expect(await refusals('_hidden', '_other', '_hidden', '_hidden')).toEqual([false, false, false, true])
  expect(warnings()).toHaveLength(1)
  expect(running.log()).not.toContain('_hidden')
})
