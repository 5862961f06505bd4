export { NotRun, runSubject } from './subject/subject.ts'
export type { CaseResult, Outcome, Row, Subject } from './subject/subject.ts'
