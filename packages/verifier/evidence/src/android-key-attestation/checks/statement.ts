import { timingSafeEqual } from 'node:crypto'
import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'
import type { RootOfTrust } from '../statement/values.ts'

/** Keymaster 2.0 to 4.1, KeyMint 1 to 5. */
const knownVersions: readonly number[] = [1, 2, 3, 4, 100, 200, 300, 400, 500]

/** The statement is of a version whose meaning is known. */
export function checkVersion({ attestationVersion }: KeyDescription): void {
  if (!knownVersions.includes(attestationVersion)) throw new AndroidKeyError('ANDROID_KEY_VERSION')
}

/** The key was attested for this challenge, all of it and nothing more. */
export function checkCommitment({ challenge }: KeyDescription, expected: Uint8Array): void {
  if (challenge.length !== expected.length || !timingSafeEqual(challenge, expected))
    throw new AndroidKeyError('ANDROID_KEY_COMMITMENT')
}

const generated = 0

/** The hardware says that it made the key itself, so that no copy exists outside. */
export function checkOrigin({ hardware }: KeyDescription): void {
  if (hardware.origin !== generated) throw new AndroidKeyError('ANDROID_KEY_ORIGIN')
}

const attestKey = 7

/** The key is not there to attest others. */
export function checkPurpose({ hardware, software }: KeyDescription): void {
  if ([hardware, software].some(({ purpose }) => purpose?.includes(attestKey)))
    throw new AndroidKeyError('ANDROID_KEY_PURPOSE')
}

/** The key belongs to one app: what every app may use says nothing about any. */
export function checkAllApplications({ hardware, software }: KeyDescription): void {
  if (hardware.allApplications ?? software.allApplications)
    throw new AndroidKeyError('ANDROID_KEY_ALL_APPLICATIONS')
}

/** The hardware says what was booted, and the system, which would be speaking for itself, does not. */
export function checkRootOfTrust({ hardware, software }: KeyDescription): RootOfTrust {
  if (hardware.rootOfTrust === undefined || software.rootOfTrust !== undefined)
    throw new AndroidKeyError('ANDROID_KEY_ROOT_OF_TRUST')
  return hardware.rootOfTrust
}
