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
  StatedDevice,
  VouchingKey,
} from './port/scheme.ts'
export {
  bool,
  counts,
  filledListOf,
  hex,
  int,
  intOf,
  listOf,
  oneOf,
  opaque,
  optional,
  orNull,
  probes,
  record,
  text,
  textOf,
  unstored,
  usually,
  wideInt,
} from './port/claim-table.ts'
export type {
  BoolType,
  Claim,
  Claims,
  ClaimTable,
  IntType,
  ListType,
  OneOfType,
  ValueOf,
} from './port/claim-table.ts'
export { typeOf } from './port/claim-type.ts'
export type { ClaimType, Member, Members, Optional, RecordType, StringType } from './port/claim-type.ts'
export { wordsOf } from './port/remembered.ts'
export { gradingKinds } from './port/grading.ts'
export type { GradingKind, GradingRule, SchemeGrading } from './port/grading.ts'
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
export { measurement } from './software/description.ts'
