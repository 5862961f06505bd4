import { isMonth, type AndroidKeyPolicy } from '../context.ts'
import { AndroidKeyError } from '../errors.ts'

/** The hardware states a patch level that is a month, and not before the required one. */
export function checkPatchLevel(
  osPatchLevel: number | null | undefined,
  { minOsPatchLevel }: AndroidKeyPolicy,
): void {
  if (minOsPatchLevel === null) return
  if (!isMonth(osPatchLevel) || osPatchLevel < minOsPatchLevel)
    throw new AndroidKeyError('ANDROID_KEY_PATCH_LEVEL')
}
