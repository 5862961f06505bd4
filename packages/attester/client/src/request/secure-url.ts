import { invalidArgument } from '@assay/protocol'

const secure = /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])[:/])[^?#@]+$/
const insecure = /^https?:[^?#@]+$/

/**
 * An absolute URL without user, query and fragment, in its normal form, whose scheme is https, or http on this machine
 * (or anywhere, if `admitInsecure`).
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option
 */
export function readSecureUrl(text: string, option: string, admitInsecure: boolean): string {
  let href = ''
  try {
    href = new URL(text).href
  } catch {
    // Refused below, with everything else that is no such URL.
  }
  if (!(admitInsecure ? insecure : secure).test(href)) {
    throw invalidArgument(`option ${option}: not an https URL without user, query and fragment`)
  }
  return href
}
