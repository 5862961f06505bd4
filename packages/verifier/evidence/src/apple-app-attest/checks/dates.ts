import type { Validity } from '@assay/codec/x509'
import { AppAttestError } from '../errors.ts'

/** Seconds by which clocks may differ, at both ends. */
const clockSkew = 300

/** Each certificate of the path is valid at the time of receipt. @param now Unix seconds */
export function checkDates(path: readonly Validity[], now: number): void {
  for (const { notBefore, notAfter } of path) {
    if ((now + clockSkew) * 1000 < notBefore) throw new AppAttestError('APP_ATTEST_NOT_YET_VALID')
    if ((now - clockSkew) * 1000 > notAfter) throw new AppAttestError('APP_ATTEST_EXPIRED')
  }
}
