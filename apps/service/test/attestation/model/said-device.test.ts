import { expect, it } from 'vitest'
import { saidDevice, saidDeviceOf, saidDeviceText } from '../../../src/attestation/model/said-device.ts'

it.each([
  [
    'Dalvik/2.1.0 (Linux; U; Android 16; Pixel 9 Pro Build/BP1A.250305.019)',
    { os_version: 'Android 16', model: 'Pixel 9 Pro' },
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/150.0.0.0 Mobile Safari/537.36',
    { os_version: 'Android 10', model: null },
  ],
  ['Mozilla/5.0 (Android 16; Mobile; rv:150.0) Firefox/150.0', { os_version: 'Android 16', model: null }],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15',
    { os_version: 'iOS 18.6.2', model: null },
  ],
  ['Wallet/7 CFNetwork/3826.500.131 Darwin/24.5.0', { os_version: 'Darwin 24.5.0', model: null }],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', { os_version: 'macOS 10.15.7', model: null }],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', { os_version: 'Windows 10.0', model: null }],
  ['Dalvik/2.1.0 (Linux; U; Android 8.1.0; Nexus 5X)', { os_version: 'Android 8.1', model: 'Nexus 5X' }],
  ['Dalvik/2.1.0 (Linux; U; Android 8.0.0)', { os_version: 'Android 8', model: null }],
  ['Android 9.0', { os_version: 'Android 9', model: null }],
  ['node', null],
  ['', null],
  ['Android', null],
  ['Android 99999', null],
])('reads %s', (userAgent, said) => {
  expect(saidDevice(userAgent)).toEqual(said)
  expect(saidDeviceOf(saidDeviceText(said))).toEqual(said)
})

it('keeps nothing of a hostile one but printable text of limited length', () => {
  const escape = saidDevice('Android 16; Pixel\u001b[2J\u202e\u0000 9\n Build/x)')
  expect(escape).toEqual({ os_version: 'Android 16', model: 'Pixel[2J 9' })
  expect(saidDevice(`Android 16; ${'x'.repeat(60)})`)?.model).toHaveLength(32)
  expect(saidDevice(`Android 16; ${'x'.repeat(70)})`)?.model).toBeNull()
  expect(saidDevice(`${' '.repeat(600)}Android 16`)).toBeNull()
  expect(saidDevice('Android 16; <script>alert(1)</script>)')?.model).toBeNull()
})

it('is read from the beginning of a long one', () => {
  expect(saidDevice('Android 16; '.repeat(100_000))?.os_version).toBe('Android 16')
  for (const part of ['Android ', 'Darwin/', '; ']) expect(saidDevice(part.repeat(100_000))).toBeNull()
})
