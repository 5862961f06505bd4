export type { Attack, Level } from './attack.ts'
export type { Report } from './report.ts'
