export { CliError } from './cli-error.ts'
export { exitCodes } from './cli-codes.ts'
export type { CliErrorCode } from './cli-codes.ts'
export { run } from './run.ts'
