import { createHash } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'
import { isText, type Shape } from '@assay/protocol/shapes'
import {
  bool,
  counts,
  filledListOf,
  hex,
  int,
  listOf,
  oneOf,
  orNull,
  record,
  text,
  textOf,
  usually,
  type ValueOf,
} from '../port/claim-table.ts'
import type { TrustAnchor } from '../port/verify-context.ts'
import { chainKinds, type ChainKind } from './check-chain.ts'
import type { ParsedAndroidKey } from './parse.ts'
import type { KeyDescription } from './key-description.ts'
import { securityLevels, verifiedBootStates, type RootOfTrust } from './statement/values.ts'
import { serialPattern } from './status-list.ts'

/** A serial number that a list could contain: any other would never be found there. */
const isSerial: Shape<string> = (value): value is string =>
  isText(value) && (value === '0' || serialPattern.test(value))

const securityLevel = usually(oneOf(...securityLevels), 'TrustedEnvironment')

/** What this format asserts. `null` means that the evidence does not say; byte strings are lower-case hex. */
export type AndroidKeyClaims = ValueOf<typeof androidKeyClaims>

export const androidKeyClaims = record({
  platform: oneOf('android'),
  /** SHA-256 of the attested key's SubjectPublicKeyInfo. */
  keySha256: hex(32),
  /**
   * SHA-256 of the SubjectPublicKeyInfo that signed the attestation: the device's, or that of a batch of devices.
   * Limits apply to it.
   */
  attestationKeySha256: hex(32),
  /** Serial numbers of the certificates above the leaf, as the vendor's list writes them, for later lists. */
  serials: filledListOf(textOf(isSerial)),
  /** Name of the trust anchor. */
  anchor: usually(text, 'google-root-'),
  /** SHA-256 of the trust anchor's SubjectPublicKeyInfo. */
  anchorSha256: hex(32),
  /** How the device got its attestation key. */
  provisioning: usually(oneOf(...chainKinds), 'remote'),
  /** Approximate number of attestation certificates that the device got within 30 days. */
  certificatesIssued: usually(orNull(int), 1),
  /** The device reported itself lost. */
  reportedLost: usually(orNull(bool), null),
  attestationVersion: usually(int, 400),
  attestationSecurityLevel: securityLevel,
  keyMintVersion: usually(int, 400),
  keyMintSecurityLevel: securityLevel,
  verifiedBootState: oneOf(...verifiedBootStates),
  verifiedBootKey: hex(),
  verifiedBootHash: usually(orNull(hex()), ''),
  deviceLocked: usually(bool, true),
  /** The following four as encoded by the hardware: MMmmss, YYYYMM, YYYYMMDD, YYYYMMDD, or what a device makes of it. */
  osVersion: usually(orNull(int), 160_000),
  osPatchLevel: usually(orNull(int), 2026),
  vendorPatchLevel: usually(orNull(int), 2026),
  bootPatchLevel: usually(orNull(int), 2026),
  /** Digest over the installed system modules. */
  moduleHash: usually(orNull(hex()), ''),
  /** What the key may do: 2 is to sign. */
  purposes: usually(listOf(int), [2]),
  /** The key works without the user being authenticated. */
  noAuthRequired: usually(bool, true),
  /** Tags of either list that no known version defines. */
  unknownTags: usually(listOf(int), []),
  /**
   * Every package that has the key, and its version code. Stated by the system, like the next two: only as trustworthy as the
   * system.
   */
  packageNames: usually(filledListOf(text), ['com.']),
  versionCodes: usually(counts, { 'com.': 1 }),
  /** SHA-256 of the app's signing certificates. */
  signatureDigests: filledListOf(hex(32)),
})

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
    verifiedBootKey: toHex(verifiedBootKey),
    verifiedBootHash: verifiedBootHash === undefined ? null : toHex(verifiedBootHash),
    deviceLocked,
    osVersion: hardware.osVersion ?? null,
    osPatchLevel: hardware.osPatchLevel ?? null,
    vendorPatchLevel: hardware.vendorPatchLevel ?? null,
    bootPatchLevel: hardware.bootPatchLevel ?? null,
    moduleHash: moduleHash === undefined ? null : toHex(moduleHash),
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

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
