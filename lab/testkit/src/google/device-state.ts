import type { DeviceState } from './key-description.ts'

/**
 * A phone as it left the factory, with last month's security patches.
 *
 * @param at Unix seconds
 */
export function genuineDevice(at: number): DeviceState {
  const patched = new Date((at - 30 * 86_400) * 1000)
  const osPatchLevel = patched.getUTCFullYear() * 100 + patched.getUTCMonth() + 1
  return {
    verifiedBootState: 'Verified',
    deviceLocked: true,
    verifiedBootKey: Buffer.alloc(32, 0xb0),
    verifiedBootHash: Buffer.alloc(32, 0xb1),
    osVersion: 160_000,
    osPatchLevel,
    vendorPatchLevel: osPatchLevel * 100 + 5,
    bootPatchLevel: osPatchLevel * 100 + 1,
  }
}

/** A boot loader that its owner has unlocked verifies nothing. */
export const unlockedDevice: Partial<DeviceState> = {
  verifiedBootState: 'Unverified',
  deviceLocked: false,
  verifiedBootKey: Buffer.alloc(32),
}
