/**
 * How `assay doctor` explains a trace and examines what the service depends on. The console uses it too, so it needs
 * nothing from Node.
 */
export { explainTrace, scopeTexts } from './doctor/explain-trace.ts'
export type { TraceExplanation, TraceRecord } from './doctor/explain-trace.ts'
export { claimsInWords } from './doctor/read-ear.ts'
export type { Explanation } from './explanations.ts'
export { examineHealth } from './doctor/examine-health.ts'
export type { Finding } from './doctor/findings.ts'
