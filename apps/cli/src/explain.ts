/** What `assay doctor TRACE` makes of a trace, for the console too: with nothing of Node. */
export { explainTrace, scopeTexts } from './doctor/explain-trace.ts'
export type { TraceExplanation, TraceRecord } from './doctor/explain-trace.ts'
export { claimsInWords } from './doctor/read-ear.ts'
export type { Explanation } from './explanations.ts'
