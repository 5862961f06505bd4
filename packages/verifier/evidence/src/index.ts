export { EvidenceError } from './port/errors.ts'
export { UnavailableError } from './port/errors.ts'
export { UnreadError } from './port/errors.ts'
export type { EvidenceFormat, FormatDescriptor } from './port/evidence-format.ts'
export { schemeRegistry } from './port/scheme-registry.ts'
export type { SchemeRegistry } from './port/scheme-registry.ts'
export type {
  Inquiry,
  KeptReceipt,
  Accepted,
  Asker,
  EvidenceScheme,
  Expected,
  MeasuredBuild,
  SchemeApp,
  SchemeDescription,
  SchemeSecret,
  SchemeSettings,
  Standing,
  VouchingKey,
} from './port/scheme.ts'
export {
  bool,
  counts,
  int,
  listOf,
  oneOf,
  opaque,
  optional,
  probes,
  record,
  text,
  typeOf,
} from './port/claim-type.ts'
export type { ClaimType, Member, Members, Optional, RecordType, StringType } from './port/claim-type.ts'
export { strictnesses } from './port/grading.ts'
export type { GradingRule, SchemeGrading, Strictness } from './port/grading.ts'
export type { Verified } from './port/verified.ts'
export { verifyContext } from './port/verify-context.ts'
export type {
  ExpectedApp,
  NonEmpty,
  RevocationSource,
  RevocationState,
  TrustAnchor,
  VerifyContext,
  VerifyContextInput,
} from './port/verify-context.ts'
