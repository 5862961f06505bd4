export { CodecError, codecErrorCodes } from './errors/codec-error.ts'
export type { CodecErrorCode } from './errors/codec-error.ts'
