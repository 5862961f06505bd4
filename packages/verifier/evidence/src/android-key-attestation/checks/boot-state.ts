import type { AndroidKeyPolicy } from '../context.ts'
import { AndroidKeyError } from '../errors.ts'
import type { RootOfTrust } from '../statement/values.ts'

/** The device booted a system that its vendor verified, or one that the policy names by its key. */
export function checkBootState(rootOfTrust: RootOfTrust, policy: AndroidKeyPolicy): void {
  if (policy.requireVerifiedBoot && !isAdmitted(rootOfTrust, policy))
    throw new AndroidKeyError('ANDROID_KEY_BOOT_STATE')
}

function isAdmitted({ verifiedBootState, verifiedBootKey }: RootOfTrust, policy: AndroidKeyPolicy): boolean {
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
