import { createHash } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'
import type { TrustAnchor } from '../port/verify-context.ts'
import type { ChainKind } from './checks/chain.ts'
import type { ParsedAndroidKey } from './parse.ts'
import type { KeyDescription } from './statement/key-description.ts'
import type { RootOfTrust, SecurityLevel, VerifiedBootState } from './statement/values.ts'
import { bool, counts, int, listOf, oneOf, optional, record, text } from '../port/claim-type.ts'

/** What this format asserts. `null` means that the evidence does not say; byte strings are lower-case hex. */
export interface AndroidKeyClaims {
  readonly platform: 'android'
  /** SHA-256 of the attested key's SubjectPublicKeyInfo. */
  readonly keySha256: string
  /**
   * SHA-256 of the SubjectPublicKeyInfo that signed the attestation: the device's, or that of a batch of devices.
   * Limits apply to it.
   */
  readonly attestationKeySha256: string
  /** Serial numbers of the certificates above the leaf, as the vendor's list writes them, for later lists. */
  readonly serials: readonly string[]
  /** Name of the trust anchor. */
  readonly anchor: string
  /** SHA-256 of the trust anchor's SubjectPublicKeyInfo. */
  readonly anchorSha256: string
  /** How the device got its attestation key. */
  readonly provisioning: ChainKind
  /** Approximate number of attestation certificates that the device got within 30 days. */
  readonly certificatesIssued: number | null
  /** The device reported itself lost. */
  readonly reportedLost: boolean | null
  readonly attestationVersion: number
  readonly attestationSecurityLevel: SecurityLevel
  readonly keyMintVersion: number
  readonly keyMintSecurityLevel: SecurityLevel
  readonly verifiedBootState: VerifiedBootState
  readonly verifiedBootKey: string
  readonly verifiedBootHash: string | null
  readonly deviceLocked: boolean
  /** The following four as encoded by the hardware: MMmmss, YYYYMM, YYYYMMDD, YYYYMMDD, or what a device makes of it. */
  readonly osVersion: number | null
  readonly osPatchLevel: number | null
  readonly vendorPatchLevel: number | null
  readonly bootPatchLevel: number | null
  /** What the key may do: 2 is to sign. */
  readonly purposes: readonly number[]
  /** The key works without the user being authenticated. */
  readonly noAuthRequired: boolean
  /** Every package that has the key, and its version code. Stated by the system, like the next three: only as trustworthy as the system. */
  readonly packageNames: readonly string[]
  readonly versionCodes: Readonly<Record<string, number>>
  /** SHA-256 of the app's signing certificates. */
  readonly signatureDigests: readonly string[]
  /** Digest over the installed system modules. */
  readonly moduleHash: string | null
  /** Tags of either list that no known version defines. */
  readonly unknownTags: readonly number[]
}

/** What verification has found besides the statement. */
export interface VerifiedPath {
  readonly leaf: Certificate
  /** Issuer of the leaf. */
  readonly issuer: Certificate
  readonly statement: KeyDescription
  readonly rootOfTrust: RootOfTrust
  readonly anchor: TrustAnchor
  readonly kind: ChainKind
  readonly serials: readonly string[]
}

/** Copied claims: later changes to the parsed data do not affect them. */
export function claimsOf({ provisioning }: ParsedAndroidKey, path: VerifiedPath): AndroidKeyClaims {
  const { statement, leaf, issuer, anchor, kind, serials } = path
  return {
    platform: 'android',
    keySha256: sha256(leaf.spki),
    attestationKeySha256: sha256(issuer.spki),
    serials: Object.freeze([...serials]),
    anchor: anchor.name,
    anchorSha256: sha256(anchor.publicKey),
    provisioning: kind,
    certificatesIssued: provisioning?.certificatesIssued ?? null,
    reportedLost: provisioning?.reportedLost ?? null,
    attestationVersion: statement.attestationVersion,
    attestationSecurityLevel: statement.attestationSecurityLevel,
    keyMintVersion: statement.keyMintVersion,
    keyMintSecurityLevel: statement.keyMintSecurityLevel,
    ...deviceClaims(path),
    ...keyClaims(statement),
    ...appClaims(statement),
  }
}

function deviceClaims({ rootOfTrust, statement: { hardware, software } }: VerifiedPath) {
  const { verifiedBootKey, verifiedBootHash, verifiedBootState, deviceLocked } = rootOfTrust
  const moduleHash = hardware.moduleHash ?? software.moduleHash
  return {
    verifiedBootState,
    verifiedBootKey: hex(verifiedBootKey),
    verifiedBootHash: verifiedBootHash === undefined ? null : hex(verifiedBootHash),
    deviceLocked,
    osVersion: hardware.osVersion ?? null,
    osPatchLevel: hardware.osPatchLevel ?? null,
    vendorPatchLevel: hardware.vendorPatchLevel ?? null,
    bootPatchLevel: hardware.bootPatchLevel ?? null,
    moduleHash: moduleHash === undefined ? null : hex(moduleHash),
  }
}

function keyClaims({ hardware, software }: KeyDescription) {
  return {
    purposes: Object.freeze([...(hardware.purpose ?? [])]),
    noAuthRequired: hardware.noAuthRequired ?? false,
    unknownTags: Object.freeze([...hardware.unknownTags, ...software.unknownTags]),
  }
}

function appClaims({ applicationId }: KeyDescription) {
  const packages = applicationId?.packages ?? []
  return {
    packageNames: Object.freeze(packages.map(({ name }) => name)),
    versionCodes: Object.freeze(
      Object.fromEntries(packages.map(({ name, versionCode }) => [name, versionCode])),
    ),
    signatureDigests: Object.freeze([...(applicationId?.signatureDigests ?? [])]),
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

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
