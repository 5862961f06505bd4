import { bool, counts, int, listOf, oneOf, optional, record, text } from '../port/claim-type.ts'

const securityLevel = oneOf('Software', 'TrustedEnvironment', 'StrongBox')

export const androidKeyClaims = record({
  platform: oneOf('android'),
  keySha256: text,
  attestationKeySha256: text,
  serials: listOf(text),
  anchor: text,
  anchorSha256: text,
  provisioning: oneOf('factory', 'remote', 'unknown'),
  certificatesIssued: optional(int),
  reportedLost: optional(bool),
  attestationVersion: int,
  attestationSecurityLevel: securityLevel,
  keyMintVersion: int,
  keyMintSecurityLevel: securityLevel,
  verifiedBootState: oneOf('Verified', 'SelfSigned', 'Unverified', 'Failed'),
  verifiedBootKey: text,
  verifiedBootHash: optional(text),
  deviceLocked: bool,
  osVersion: optional(int),
  osPatchLevel: optional(int),
  vendorPatchLevel: optional(int),
  bootPatchLevel: optional(int),
  purposes: listOf(int),
  noAuthRequired: bool,
  packageNames: listOf(text),
  versionCodes: counts,
  signatureDigests: listOf(text),
  moduleHash: optional(text),
  unknownTags: listOf(int),
})
