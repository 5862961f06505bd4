export { NotRun, runSubject } from './subject.ts'
export type { CaseResult, Outcome, Row, Subject } from './subject.ts'
