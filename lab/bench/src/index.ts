export type { BenchRow } from './row/row.ts'
