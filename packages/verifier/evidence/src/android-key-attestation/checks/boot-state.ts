import type { AndroidKeyPolicy } from '../context.ts'
import { AndroidKeyError } from '../errors.ts'
import type { RootOfTrust } from '../statement/values.ts'

type BootedSystem = Pick<RootOfTrust, 'verifiedBootState' | 'verifiedBootKey'>

/** The device booted a system that its vendor verified, or one that the policy names by its key. */
export function checkBootState(rootOfTrust: BootedSystem, policy: AndroidKeyPolicy): void {
  if (policy.requireVerifiedBoot && !isAdmitted(rootOfTrust, policy))
    throw new AndroidKeyError('ANDROID_KEY_BOOT_STATE')
}

function isAdmitted({ verifiedBootState, verifiedBootKey }: BootedSystem, policy: AndroidKeyPolicy): boolean {
  switch (verifiedBootState) {
    case 'Verified':
      return true
    case 'SelfSigned':
      return policy.allowedBootKeys.includes(Buffer.from(verifiedBootKey).toString('hex'))
    case 'Unverified':
    case 'Failed':
      return false
  }
}
