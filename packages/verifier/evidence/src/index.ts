export { EvidenceError } from './port/evidence-error.ts'
export type { EvidenceFormat, FormatDescriptor, Verified } from './port/evidence-format.ts'
