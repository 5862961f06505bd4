export type { DemoRow } from './row.ts'
