export type { BenchRow } from './row.ts'
