import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'
import type { RootOfTrust } from '../statement/values.ts'

/** The hardware says what was booted, and the system, which would be speaking for itself, does not. */
export function checkRootOfTrust({ hardware, software }: KeyDescription): RootOfTrust {
  if (hardware.rootOfTrust === undefined || software.rootOfTrust !== undefined)
    throw new AndroidKeyError('ANDROID_KEY_ROOT_OF_TRUST')
  return hardware.rootOfTrust
}
