import { startCodes } from './codes.ts'

export type ServiceErrorCode = keyof typeof startCodes

/** The service refuses to start. `docs/errors.md` says what to do about each code. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode

  /** @param message which of several faults it is; by default what the code means */
  constructor(code: ServiceErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? asMessage(startCodes[code].meaning), options)
    this.code = code
  }
}

/** Messages stand within a sentence, and know no Markdown. */
function asMessage(meaning: string): string {
  return meaning.replace(/^./, (first) => first.toLowerCase()).replace(/`|\.$/g, '')
}
