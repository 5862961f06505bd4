export { CliError } from './faults/cli-error.ts'
export { exitCodes } from './faults/cli-codes.ts'
export type { CliErrorCode } from './faults/cli-codes.ts'
export { run } from './program/run.ts'
