import type { EvidenceFormat } from '../port/evidence-format.ts'
import type { AppAttestAssertionClaims, AppAttestClaims } from './claims.ts'
import { commitment, assertionDescriptor, descriptor } from './descriptor.ts'
import type { AssertionContext, AttestationContext } from './context.ts'
import { parseAssertion, type ParsedAssertion } from './parse-assertion.ts'
import { parse, type ParsedAttestation } from './parse.ts'
import { verifyAssertion } from './verify-assertion.ts'
import { verify } from './verify.ts'

/** One kind of App Attest evidence: both commit to the binding in the same way. */
export interface AppAttestFormat<Parsed, Context, Claims> extends EvidenceFormat<Parsed, Context, Claims> {
  commitment(binding: string): Uint8Array
}

/** Attestation of a new Secure Enclave key, which vouches for a binding. */
export const appleAppAttest: AppAttestFormat<ParsedAttestation, AttestationContext, AppAttestClaims> = {
  descriptor,
  commitment,
  parse,
  verify,
}

/** Signature by a key that was attested before. */
export const appleAppAttestAssertion: AppAttestFormat<
  ParsedAssertion,
  AssertionContext,
  AppAttestAssertionClaims
> = {
  descriptor: assertionDescriptor,
  commitment,
  parse: parseAssertion,
  verify: verifyAssertion,
}

export { assertionKey } from './verify-assertion.ts'
export type {
  AppAttestAssertionClaims,
  AppAttestClaims,
  AppAttestEnvironment,
  SignedAppState,
} from './claims.ts'
export { assertionContext, attestationContext } from './context.ts'
export type {
  AppleApp,
  AssertionContext,
  AssertionContextInput,
  AttestationContext,
  AttestationContextInput,
  StandingExpectation,
} from './context.ts'
export { AppAttestError, appAttestErrorCodes } from './errors.ts'
export type { AppAttestErrorCode } from './errors.ts'
export { intermediateCache } from './intermediates.ts'
export type { IntermediateCache, VerifiedIntermediate } from './intermediates.ts'
export type { ParsedAssertion } from './parse-assertion.ts'
export type { ParsedAttestation } from './parse.ts'
export { recall, remember } from './remember.ts'
export { parseReceipt } from './receipt.ts'
export type { AppAttestReceipt } from './receipt.ts'
export type { DeviceCheckKey } from './devicecheck-key.ts'
export { attestationDataUrls } from './inquiry.ts'
export type { AskAboutReceipt, ReceiptAnswer, ReceiptQuestion } from './inquiry.ts'
export { verifyReceipt } from './verify-receipt.ts'
export type { ReceiptExpectation } from './verify-receipt.ts'
export { appAttestAnchor, appleAppAttestationRoot } from './trust-anchors.ts'
export type { AppAttestAnchor } from './trust-anchors.ts'
/** The root of receipts: a different root from that of attestations, and trusted for nothing else. */
export { appleRootCaG3 } from '@assay/codec/x509'
export type { RootCertificate } from '@assay/codec/x509'
export { appAttestAssertionDescription, appAttestDescription, appAttestSchemes } from './scheme.ts'
export type { FraudMetric } from './scheme.ts'
export type { AppAttestSettings } from './settings.ts'
export { appAttestAssertionClaims, appAttestClaims } from './claims.ts'
