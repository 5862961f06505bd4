import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'

/** Keymaster 2.0 to 4.1, KeyMint 1 to 5. */
const knownVersions: readonly number[] = [1, 2, 3, 4, 100, 200, 300, 400, 500]

/** The statement is of a version whose meaning is known. */
export function checkVersion({ attestationVersion }: KeyDescription): void {
  if (!knownVersions.includes(attestationVersion)) throw new AndroidKeyError('ANDROID_KEY_VERSION')
}
