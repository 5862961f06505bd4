import { createHash } from 'node:crypto'
import { recalled, remembered } from '../port/remembered.ts'
import type { Verified } from '../port/verified.ts'
import { checkAppIdentity } from './check-app.ts'
import { androidKeyClaims, type AndroidKeyClaims } from './claims.ts'
import { checkStanding, type StandingExpectation } from './context.ts'
import { descriptor } from './descriptor.ts'
import { AndroidKeyError } from './errors.ts'
import { checkRevocation } from './revocation.ts'

/** What to store of a verified chain, for {@link recall}: a JSON value. */
export function remember({ claims }: Verified<AndroidKeyClaims>): unknown {
  return remembered(androidKeyClaims, claims)
}

/**
 * The claims of a chain that was verified before, checked against what is expected today: its anchor, its app, and its
 * serial numbers against the current list. Dates and signatures are not judged again: they were valid when the chain
 * came.
 *
 * @param stored what {@link remember} gave
 * @throws AndroidKeyError as `verify` does
 * @throws Error, a malfunction, if what was stored is malformed, and whatever the revocation source rejects with
 */
export async function recall(
  stored: unknown,
  context: StandingExpectation,
): Promise<Verified<AndroidKeyClaims>> {
  checkStanding(context)
  const verified = recalled(androidKeyClaims, stored, descriptor.name)
  const { claims } = verified
  const isTrusted = context.anchors.some(({ publicKey }) => sha256(publicKey) === claims.anchorSha256)
  if (!isTrusted) throw new AndroidKeyError('ANDROID_KEY_ANCHOR')
  checkAppIdentity({ applicationId: applicationIdOf(claims) }, context.apps)
  await checkRevocation(claims.serials, context.revocation)
  return verified
}

function applicationIdOf({ packageNames, versionCodes, signatureDigests }: AndroidKeyClaims) {
  const packages = packageNames.map((name) => ({ name, versionCode: versionCodes[name] as number }))
  return { packages, signatureDigests }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
