import { isMonth, type AndroidKeyPolicy } from '../context.ts'
import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'

/** The hardware states a patch level that is a month, and not before the required one. */
export function checkPatchLevel({ hardware }: KeyDescription, { minOsPatchLevel }: AndroidKeyPolicy): void {
  if (minOsPatchLevel === null) return
  const { osPatchLevel } = hardware
  if (!isMonth(osPatchLevel) || osPatchLevel < minOsPatchLevel)
    throw new AndroidKeyError('ANDROID_KEY_PATCH_LEVEL')
}
