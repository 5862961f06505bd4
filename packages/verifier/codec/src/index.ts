export { CodecError, codecErrorCodes } from './codec-error.ts'
export type { CodecErrorCode } from './codec-error.ts'
