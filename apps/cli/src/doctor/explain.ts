/**
 * How `assay doctor` explains a trace and examines what the service depends on. The console uses it too, so it needs
 * nothing from Node.
 */
export { explainTrace, scopeInWords } from './explain-trace.ts'
export type { TraceExplanation } from './explain-trace.ts'
export { readTraceRecord, type TraceRecord } from './read-trace-record.ts'
export { claimsInWords } from './read-ear.ts'
export type { Explanation } from '../faults/explanations.ts'
export { explain as warningInWords } from '../builds/build-warnings.ts'
export { readBuildCounts, type BuildCount } from '../builds/build-counts.ts'
export { readExpiring, type ExpiringBuild } from './expiring-builds.ts'
export { traceInGroups } from '@assay/protocol'
export { codesIn } from './codes-in.ts'
export { policyOf } from './policy-of.ts'
export { examineHealth } from './examine-health.ts'
export type { Finding } from '../faults/findings.ts'
