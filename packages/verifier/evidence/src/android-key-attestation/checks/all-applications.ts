import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'

/** The key belongs to one app: what every app may use says nothing about any. */
export function checkAllApplications({ hardware, software }: KeyDescription): void {
  if (hardware.allApplications ?? software.allApplications)
    throw new AndroidKeyError('ANDROID_KEY_ALL_APPLICATIONS')
}
