export { CliError, cliErrorCodes, exitCodes } from './cli-error.ts'
export type { CliErrorCode } from './cli-error.ts'
export { doctorFindingCodes } from './doctor/findings.ts'
export { run } from './run.ts'
