import { mustHold } from '../misuse.ts'

const plain = /^https?:[^?#@]+$/
const safe = /^https:|^http:\/\/(localhost|127(\.\d+){3}|\[::1])[:/]/

/**
 * An absolute URL without user, query and fragment, in its normal form, no slash at its end, whose scheme is https, or
 * http on this machine (or anywhere, if `admitInsecure`).
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
  mustHold(plain.test(href) && (admitInsecure || safe.test(href)), option)
  return href.replace(/\/*$/, '')
}
