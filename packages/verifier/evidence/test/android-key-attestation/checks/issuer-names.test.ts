import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { name, verifying } from '../phone.ts'

test.each([0, 1, 2])('another issuer in certificate %d: ANDROID_KEY_ISSUER', async (i) => {
  const changed = { [i]: { issuer: name(['2.5.4.3', 'Somebody']) } }
  expect(await codeOf(() => verifying({ certificates: changed }))).toBe('ANDROID_KEY_ISSUER')
})

test('names are compared byte for byte', async () => {
  const changed = { 0: { issuer: name(['2.5.4.10', 'tee'], ['2.5.4.3', '5eed']) } }
  expect(await codeOf(() => verifying({ certificates: changed }))).toBe('ANDROID_KEY_ISSUER')
})

test('certificates in another order: ANDROID_KEY_ISSUER', async () => {
  const swapped = {
    rearrange: ([leaf, device, intermediate, root]: readonly Buffer[]) => [
      leaf!,
      intermediate!,
      device!,
      root!,
    ],
  }
  expect(await codeOf(() => verifying(swapped))).toBe('ANDROID_KEY_ISSUER')
})

test('what a root says of its own issuer does not count', async () => {
  const changed = { 3: { issuer: name(['2.5.4.3', 'Somebody']) } }
  expect(await codeOf(() => verifying({ certificates: changed }))).toBe('accepted')
})
