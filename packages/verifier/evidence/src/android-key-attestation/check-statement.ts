import { timingSafeEqual } from 'node:crypto'
import { AndroidKeyError } from './errors.ts'
import type { KeyDescription } from './key-description.ts'
import type { RootOfTrust } from './statement/values.ts'

/** Keymaster 2.0 to 4.1, KeyMint 1 to 5. */
const knownVersions: readonly number[] = [1, 2, 3, 4, 100, 200, 300, 400, 500]

/** The version of the statement must be known. */
export function checkVersion({ attestationVersion }: KeyDescription): void {
  if (!knownVersions.includes(attestationVersion)) throw new AndroidKeyError('ANDROID_KEY_VERSION')
}

/** The key must have been attested for exactly this challenge. */
export function checkCommitment({ challenge }: KeyDescription, expected: Uint8Array): void {
  if (challenge.length !== expected.length || !timingSafeEqual(challenge, expected))
    throw new AndroidKeyError('ANDROID_KEY_COMMITMENT')
}

const generated = 0

/** The hardware must state that it generated the key itself, so that no copy exists outside. */
export function checkOrigin({ hardware }: KeyDescription): void {
  if (hardware.origin !== generated) throw new AndroidKeyError('ANDROID_KEY_ORIGIN')
}

const attestKey = 7

/** The key must not be for attesting others. */
export function checkPurpose({ hardware, software }: KeyDescription): void {
  if ([hardware, software].some(({ purpose }) => purpose?.includes(attestKey)))
    throw new AndroidKeyError('ANDROID_KEY_PURPOSE')
}

/** The key must belong to one app: a key that every app may use says nothing about any. */
export function checkAllApplications({ hardware, software }: KeyDescription): void {
  if (hardware.allApplications ?? software.allApplications)
    throw new AndroidKeyError('ANDROID_KEY_ALL_APPLICATIONS')
}

/** The hardware must state what was booted, and the system, which would be speaking for itself, must not. */
export function checkRootOfTrust({ hardware, software }: KeyDescription): RootOfTrust {
  if (hardware.rootOfTrust === undefined || software.rootOfTrust !== undefined)
    throw new AndroidKeyError('ANDROID_KEY_ROOT_OF_TRUST')
  return hardware.rootOfTrust
}
