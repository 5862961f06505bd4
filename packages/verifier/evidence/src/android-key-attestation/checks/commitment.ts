import { timingSafeEqual } from 'node:crypto'
import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'

/** The key was attested for this challenge, all of it and nothing more. */
export function checkCommitment({ challenge }: KeyDescription, expected: Uint8Array): void {
  if (challenge.length !== expected.length || !timingSafeEqual(challenge, expected))
    throw new AndroidKeyError('ANDROID_KEY_COMMITMENT')
}
