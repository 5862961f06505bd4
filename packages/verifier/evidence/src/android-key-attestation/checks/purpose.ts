import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'

const attestKey = 7

/** The key is not there to attest others. */
export function checkPurpose({ hardware, software }: KeyDescription): void {
  if ([hardware, software].some(({ purpose }) => purpose?.includes(attestKey)))
    throw new AndroidKeyError('ANDROID_KEY_PURPOSE')
}
