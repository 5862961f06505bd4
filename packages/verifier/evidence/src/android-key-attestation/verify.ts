import { asVerified, type Verified } from '../port/verified.ts'
import { checkAppIdentity } from './check-app.ts'
import {
  chainKind,
  checkAnchor,
  checkAttestationExtension,
  checkChainLength,
  checkIssuerNames,
  checkRepeatedKey,
  checkValidity,
} from './check-chain.ts'
import { checkSignatures } from './check-signatures.ts'
import {
  checkAllApplications,
  checkCommitment,
  checkOrigin,
  checkPurpose,
  checkRootOfTrust,
  checkVersion,
} from './check-statement.ts'
import { claimsOf, type AndroidKeyClaims, type VerifiedPath } from './claims.ts'
import type { AndroidKeyContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import type { ParsedAndroidKey } from './parse.ts'
import { checkRevocation, listedSerial } from './revocation.ts'

/** @throws AndroidKeyError with the code of the first check that fails */
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
 * For tools that inspect chains of other people's apps: all checks but that of the app. The result is not `Verified`,
 * so nothing can be appraised with it.
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
  checkOrigin(statement)
  checkPurpose(statement)
  checkAllApplications(statement)
  const rootOfTrust = checkRootOfTrust(statement)
  const serials = certificates.slice(1).map(listedSerial)
  return { leaf, issuer, statement, rootOfTrust, anchor, kind, serials }
}
