import { mustHold } from '@assay/protocol'
import type { ParseUrl } from './url.ts'

/**
 * An absolute URL in normal form, without user, query, fragment and trailing slash, whose scheme is https, or http on
 * this machine (or anywhere, if `admitInsecure`).
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option
 */
export function readSecureUrl(
  parseUrl: ParseUrl,
  text: string,
  option: string,
  admitInsecure: boolean,
): string {
  let href = ''
  try {
    href = parseUrl(text)?.href ?? ''
  } catch {
    // Refused below, with everything else that is no such URL.
  }
  const isPlain = /^https?:[^?#@]+$/.test(href)
  const isSafe = /^https:|^http:\/\/(localhost|127(\.\d+){3}|\[::1])[:/]/.test(href)
  mustHold(isPlain, option)
  mustHold(admitInsecure || isSafe, `${option} (https only)`)
  return href.replace(/\/*$/, '')
}
