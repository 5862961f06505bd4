import type { EvidenceFormat } from '../port/evidence-format.ts'
import type { AndroidKeyClaims } from './claims.ts'
import { commitment, descriptor } from './descriptor.ts'
import type { AndroidKeyContext } from './context.ts'
import { parse, type ParsedAndroidKey } from './parse.ts'
import { verify } from './verify.ts'

/** Android Key Attestation: a certificate chain in which a phone's secure hardware vouches for a key. */
export const androidKeyAttestation: EvidenceFormat<ParsedAndroidKey, AndroidKeyContext, AndroidKeyClaims> & {
  /** The bytes that the key's attestation challenge must be to belong to `binding`. */
  commitment(binding: string): Uint8Array
} = {
  descriptor,
  commitment,
  parse,
  verify,
}

export { issuerKeys } from './issuer-keys.ts'
export type { IssuerKeys } from './issuer-keys.ts'
export type { ChainKind } from './check-chain.ts'
export type { AndroidKeyClaims } from './claims.ts'
export { oneKeyCommitment } from './descriptor.ts'
export { androidKeyContext } from './context.ts'
export type { AndroidKeyContext, AndroidKeyContextInput, StandingExpectation } from './context.ts'
export { AndroidKeyError, androidKeyErrorCodes } from './errors.ts'
export type { AndroidKeyErrorCode } from './errors.ts'
export type { ParsedAndroidKey } from './parse.ts'
export type { KeyDescription } from './key-description.ts'
export type { SecurityLevel, VerifiedBootState } from './statement/values.ts'
export { isListCurrent, readStatusList, StatusListError, statusListSource } from './status-list.ts'
export type { StatusList, StatusListSnapshot } from './status-list.ts'
export { googleAnchors, googleRoots, softwareRoots } from './trust-anchors.ts'
export { recall, remember } from './remember.ts'
export type { RootCertificate } from './roots/root-certificate.ts'
export { androidKeyDescription, androidKeyScheme } from './scheme.ts'
export type { AndroidKeyWorld } from './scheme.ts'
export type { AndroidKeySettings } from './settings.ts'
export { inspectAttestedKey } from './verify.ts'
export { androidKeyClaims } from './claims.ts'
