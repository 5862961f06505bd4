import { asVerified, type Verified } from '../port/verified.ts'
import { chainKind } from './chain/chain-kind.ts'
import { listedSerial } from './chain/serial.ts'
import { checkAllApplications } from './checks/all-applications.ts'
import { checkAnchor } from './checks/anchor.ts'
import { checkAppIdentity } from './checks/app-identity.ts'
import { checkAttestationExtension } from './checks/attestation-extension.ts'
import { checkBootState } from './checks/boot-state.ts'
import { checkChainLength } from './checks/chain-length.ts'
import { checkCommitment } from './checks/commitment.ts'
import { checkDeviceLock } from './checks/device-lock.ts'
import { checkIssuerNames } from './checks/issuer-names.ts'
import { checkOrigin } from './checks/origin.ts'
import { checkPatchLevel } from './checks/patch-level.ts'
import { checkPurpose } from './checks/purpose.ts'
import { checkRepeatedKey } from './checks/repeated-key.ts'
import { checkRevocation } from './checks/revocation.ts'
import { checkRootOfTrust } from './checks/root-of-trust.ts'
import { checkSecurityLevel } from './checks/security-level.ts'
import { checkSignatures } from './checks/signatures.ts'
import { checkValidity } from './checks/validity.ts'
import { checkVersion } from './checks/version.ts'
import { claimsOf, type AndroidKeyClaims, type VerifiedPath } from './claims.ts'
import type { AndroidKeyContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import type { ParsedAndroidKey } from './parse.ts'
import type { KeyDescription } from './statement/key-description.ts'
import type { RootOfTrust } from './statement/values.ts'

/** @throws AndroidKeyError with the code of the first check that does not hold */
export async function verify(
  parsed: ParsedAndroidKey,
  context: AndroidKeyContext,
): Promise<Verified<AndroidKeyClaims>> {
  const path = verifyStatement(parsed, context)
  checkAppIdentity(path.statement, context.apps)
  await checkRevocation(path.serials, context.revocation)
  return asVerified(descriptor.name, claimsOf(parsed, path))
}

/**
 * For tools that look into chains of other people's apps: all checks but that of the app, whoever it is. What this
 * returns is not `Verified`, so that nothing can be appraised by it.
 *
 * @throws AndroidKeyError as {@link verify}
 */
export async function inspectAttestedKey(
  parsed: ParsedAndroidKey,
  context: AndroidKeyContext,
): Promise<AndroidKeyClaims> {
  const path = verifyStatement(parsed, context)
  await checkRevocation(path.serials, context.revocation)
  return claimsOf(parsed, path)
}

function verifyStatement(parsed: ParsedAndroidKey, context: AndroidKeyContext): VerifiedPath {
  const { certificates } = parsed
  const { leaf, issuer, belowRoot, root } = checkChainLength(certificates)
  const statement = checkAttestationExtension(parsed)
  checkRepeatedKey(certificates)
  const anchor = checkAnchor(root, context.anchors)
  checkIssuerNames(certificates)
  const kind = chainKind(belowRoot)
  checkValidity(certificates, kind, context.now)
  checkSignatures(certificates, kind, context.issuers)
  checkVersion(statement)
  checkCommitment(statement, context.commitment)
  checkKey(statement, context)
  const rootOfTrust = checkDevice(statement, context)
  const serials = certificates.slice(1).map(listedSerial)
  return { leaf, issuer, statement, rootOfTrust, anchor, kind, serials }
}

function checkKey(statement: KeyDescription, { policy }: AndroidKeyContext): void {
  checkSecurityLevel(statement, policy.minSecurityLevel)
  checkOrigin(statement)
  checkPurpose(statement)
  checkAllApplications(statement)
}

function checkDevice(statement: KeyDescription, { policy }: AndroidKeyContext): RootOfTrust {
  const rootOfTrust = checkRootOfTrust(statement)
  checkBootState(rootOfTrust, policy)
  checkDeviceLock(rootOfTrust, policy)
  checkPatchLevel(statement.hardware.osPatchLevel, policy)
  return rootOfTrust
}
