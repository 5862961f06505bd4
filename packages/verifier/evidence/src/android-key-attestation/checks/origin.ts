import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'

const generated = 0

/** The hardware says that it made the key itself, so that no copy exists outside. */
export function checkOrigin({ hardware }: KeyDescription): void {
  if (hardware.origin !== generated) throw new AndroidKeyError('ANDROID_KEY_ORIGIN')
}
