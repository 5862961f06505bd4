import type { startCodes } from './codes.ts'

export type ServiceErrorCode = keyof typeof startCodes

/** The service refuses to start. `docs/errors.md` says what to do about each code. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode

  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
