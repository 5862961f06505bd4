export { AppImageError, appImageErrorCodes } from './app-image-error.ts'
export type { AppImageErrorCode } from './app-image-error.ts'
