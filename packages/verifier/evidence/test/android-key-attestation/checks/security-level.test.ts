import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'

const code = (
  attestationLevel: number,
  keyMintLevel: number,
  minSecurityLevel: 'Software' | 'TrustedEnvironment' | 'StrongBox',
) =>
  codeOf(() => verifying({ statement: { attestationLevel, keyMintLevel } }, { policy: { minSecurityLevel } }))

test.each([
  [0, 0, 'TrustedEnvironment'],
  [0, 1, 'TrustedEnvironment'],
  [1, 0, 'TrustedEnvironment'],
  [2, 0, 'TrustedEnvironment'],
  [1, 1, 'StrongBox'],
  [1, 2, 'StrongBox'],
  [2, 1, 'StrongBox'],
] as const)(
  'attestation %d, key %d, required %s: ANDROID_KEY_SECURITY_LEVEL',
  async (attestation, key, minimum) => {
    expect(await code(attestation, key, minimum)).toBe('ANDROID_KEY_SECURITY_LEVEL')
  },
)

test.each([
  [1, 1, 'TrustedEnvironment'],
  [2, 1, 'TrustedEnvironment'],
  [2, 2, 'StrongBox'],
  [0, 0, 'Software'],
] as const)('attestation %d, key %d, required %s: accepted', async (attestation, key, minimum) => {
  expect(await code(attestation, key, minimum)).toBe('accepted')
})
