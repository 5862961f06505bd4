import type { AndroidKeyPolicy } from '../context.ts'
import { AndroidKeyError } from '../errors.ts'
import type { RootOfTrust } from '../statement/values.ts'

/** The boot loader is locked. Test devices report `Verified` without it. */
export function checkDeviceLock(
  { deviceLocked }: Pick<RootOfTrust, 'deviceLocked'>,
  { requireLocked }: AndroidKeyPolicy,
): void {
  if (requireLocked && !deviceLocked) throw new AndroidKeyError('ANDROID_KEY_UNLOCKED')
}
