import { recalled, remembered } from '../port/remembered.ts'
import type { Verified } from '../port/verified.ts'
import { checkAllowed, checkAppId } from './check-app.ts'
import { checkStatedSecurity } from './check-key.ts'
import { appAttestClaims, type AppAttestClaims } from './claims.ts'
import { checkStanding, type StandingExpectation } from './context.ts'
import { descriptor, sha256 } from './descriptor.ts'
import { AppAttestError } from './errors.ts'

/**
 * What to store of a verified attestation, for {@link recall}: a JSON value. The receipt is left out; it is bytes, and
 * stored separately.
 */
export function remember({ claims }: Verified<AppAttestClaims>): unknown {
  return remembered(appAttestClaims, claims)
}

/**
 * The claims of an attestation that was verified before, checked against what is expected today. Certificates, nonce
 * and counter are not judged again: they were valid when the attestation came.
 *
 * @param stored what {@link remember} gave
 * @throws AppAttestError as `verify` does, if the anchor is no longer trusted, the app no longer expected, or
 * environment
 *   or system no longer allowed
 * @throws Error, a malfunction, if what was stored is malformed
 */
export async function recall(
  stored: unknown,
  context: StandingExpectation,
): Promise<Verified<AppAttestClaims>> {
  checkStanding(context)
  const verified = recalled(appAttestClaims, stored, descriptor.name)
  const { claims } = verified
  const isTrusted = context.anchors.some(
    ({ publicKey }) => sha256(publicKey).toString('hex') === claims.anchorSha256,
  )
  if (!isTrusted) throw new AppAttestError('APP_ATTEST_ANCHOR')
  checkAppId({ appIdHash: sha256(claims.appId) }, context.apps)
  checkAllowed(claims.environment, context.environments)
  checkStatedSecurity(claims.macFullSecurity, context.system)
  return verified
}
