import { RetryableError } from '../faults/retryable-error.ts'
import { vendorCodes } from './codes.ts'

export type VendorErrorCode = keyof typeof vendorCodes

interface VendorErrorOptions extends ErrorOptions {
  /** Seconds, as requested by the vendor. */
  retryAfter?: number | undefined
}

/** Seconds. Nobody is sent away for longer: the vendor may grant later what it refuses now. */
const longestWait = 900
const usualWait = 10

/** A call to a vendor that gave nothing. Callers match on `code`. */
export class VendorError extends RetryableError {
  override readonly name = 'VendorError'
  readonly code: VendorErrorCode
  override readonly traceCode: VendorErrorCode
  /** Seconds after which it may be tried again: 1 to 900. */
  override readonly retryAfter: number

  constructor(code: VendorErrorCode, { retryAfter = usualWait, cause }: VendorErrorOptions = {}) {
    super(vendorCodes[code].message, cause === undefined ? undefined : { cause })
    this.code = code
    this.traceCode = code
    this.retryAfter = Math.min(Math.max(retryAfter, 1), longestWait)
  }
}
