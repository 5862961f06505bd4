import { RetryableError } from '../faults/retryable-error.ts'

/** Why a vendor's endpoint gave nothing that could be used: always a malfunction, and never a verdict. */
export const vendorErrorCodes = [
  /** The app has used up the calls that its registration gives it for the day. */
  'VENDOR_BUDGET',
  /** There is no service account for this vendor, its file cannot be used, or the vendor does not know it. */
  'VENDOR_CREDENTIALS',
  /** The vendor knows the service account, and does not let it do this. */
  'VENDOR_FORBIDDEN',
  /** The vendor's own quota is spent. */
  'VENDOR_QUOTA',
  /** No connection, or it ended before the answer did. */
  'VENDOR_UNREACHABLE',
  /** The whole answer did not come in time. */
  'VENDOR_TIMEOUT',
  /** The vendor answered with a redirect, none of which is followed. */
  'VENDOR_REDIRECT',
  /** The vendor answered with another status than expected. */
  'VENDOR_STATUS',
  /** The answer is longer than answers of this kind are. */
  'VENDOR_TOO_LARGE',
  /** The answer is not of the form that the vendor documents. */
  'VENDOR_NONSENSE',
] as const
export type VendorErrorCode = (typeof vendorErrorCodes)[number]

const messages: Record<VendorErrorCode, string> = {
  VENDOR_BUDGET: 'the calls of the app for this day are spent',
  VENDOR_CREDENTIALS: 'there are no credentials that the vendor accepts',
  VENDOR_FORBIDDEN: 'the credentials do not allow this call',
  VENDOR_QUOTA: "the vendor's quota is spent",
  VENDOR_UNREACHABLE: 'the vendor cannot be reached',
  VENDOR_TIMEOUT: 'the vendor did not answer in time',
  VENDOR_REDIRECT: 'the vendor answered with a redirect',
  VENDOR_STATUS: 'the vendor answered with a status that is no success',
  VENDOR_TOO_LARGE: "the vendor's answer is too large",
  VENDOR_NONSENSE: "the vendor's answer is not of its form",
}

interface VendorErrorOptions extends ErrorOptions {
  /** Seconds, as the vendor asked for. */
  retryAfter?: number | undefined
}

/** Seconds. Nobody is sent away for longer: what the vendor refuses now it may grant later. */
const longestWait = 900
const usualWait = 10

/** A call to a vendor that gave nothing. Callers match on `code`. */
export class VendorError extends RetryableError {
  override readonly name = 'VendorError'
  readonly code: VendorErrorCode
  /** Seconds after which it may be tried again: 1 to 900. */
  override readonly retryAfter: number

  constructor(code: VendorErrorCode, { retryAfter = usualWait, cause }: VendorErrorOptions = {}) {
    super(messages[code], cause === undefined ? undefined : { cause })
    this.code = code
    this.retryAfter = Math.min(Math.max(retryAfter, 1), longestWait)
  }
}
