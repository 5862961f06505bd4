import { createHash } from 'node:crypto'
import {
  filledListOf,
  isBoolean,
  isHex,
  isInteger,
  isWideInteger,
  isText,
  listOf,
  nullOr,
  oneOf,
  recalled,
  recordOf,
  remembered,
  type Form,
  type Forms,
} from '../port/remembered.ts'
import type { Verified } from '../port/verified.ts'
import { checkAppIdentity } from './checks/app.ts'
import type { AndroidKeyClaims } from './claims.ts'
import { checkStanding, type StandingExpectation } from './context.ts'
import { descriptor } from './descriptor.ts'
import { AndroidKeyError } from './errors.ts'
import { checkRevocation } from './revocation.ts'
import { serialPattern } from './status-list.ts'
import { securityLevels, verifiedBootStates } from './statement/values.ts'

/** What to store of a verified chain, for {@link recall}: a JSON value. */
export function remember({ claims }: Verified<AndroidKeyClaims>): unknown {
  return remembered(claims)
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
  const verified = recalled<AndroidKeyClaims>(stored, descriptor.name, forms)
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

/** A serial number that a list could contain: any other would never be found there. */
const isSerial: Form<string> = (value): value is string =>
  isText(value) && (value === '0' || serialPattern.test(value))

const forms: Forms<AndroidKeyClaims> = {
  platform: oneOf('android'),
  keySha256: isHex(32),
  attestationKeySha256: isHex(32),
  serials: filledListOf(isSerial),
  anchor: isText,
  anchorSha256: isHex(32),
  provisioning: oneOf('factory', 'remote', 'unknown'),
  certificatesIssued: nullOr(isInteger),
  reportedLost: nullOr(isBoolean),
  attestationVersion: isInteger,
  attestationSecurityLevel: oneOf(...securityLevels),
  keyMintVersion: isInteger,
  keyMintSecurityLevel: oneOf(...securityLevels),
  verifiedBootState: oneOf(...verifiedBootStates),
  verifiedBootKey: isHex(),
  verifiedBootHash: nullOr(isHex()),
  deviceLocked: isBoolean,
  osVersion: nullOr(isInteger),
  osPatchLevel: nullOr(isInteger),
  vendorPatchLevel: nullOr(isInteger),
  bootPatchLevel: nullOr(isInteger),
  purposes: listOf(isInteger),
  noAuthRequired: isBoolean,
  packageNames: filledListOf(isText),
  versionCodes: recordOf(isWideInteger),
  signatureDigests: filledListOf(isHex(32)),
  moduleHash: nullOr(isHex()),
  unknownTags: listOf(isInteger),
}
