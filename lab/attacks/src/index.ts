export type { Attack, Level } from './attack/attack.ts'
export type { Report } from './report.ts'
