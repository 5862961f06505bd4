export { EvidenceError } from './port/evidence-error.ts'
export { UnavailableError } from './port/unavailable-error.ts'
export type { EvidenceFormat, FormatDescriptor, PlatformEvidenceFormat } from './port/evidence-format.ts'
export { formatRegistry } from './port/format-registry.ts'
export type { FormatRegistry } from './port/format-registry.ts'
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
