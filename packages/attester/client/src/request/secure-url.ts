import { invalidArgument } from '../error.ts'

const loopback = /^http:\/\/(localhost|127(\.\d+){3}|\[::1\])(:|\/)/

/**
 * An absolute URL without user, query and fragment, in its normal form, whose scheme is https, or http on this machine
 * (or anywhere, if `insecure`).
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option
 */
export function readSecureUrl(text: string, option: string, insecure: boolean): string {
  let href = ''
  try {
    href = new URL(text).href
  } catch {
    // Refused below, with everything else that is no such URL.
  }
  const secure = href.startsWith('https:') || loopback.test(href) || (insecure && href.startsWith('http:'))
  if (!secure || /[?#@]/.test(href)) {
    throw invalidArgument(`option ${option}: not an https URL without user, query and fragment`)
  }
  return href
}
