export type { DemoRow } from './row/row.ts'
