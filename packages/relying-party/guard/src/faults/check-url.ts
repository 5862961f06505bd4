import { isAudience } from '@assay/protocol'
import { misuse } from './misuse.ts'

/**
 * `iss` of the tokens, compared character by character: the service's public URL in the form that the service uses.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function checkIssuer(issuer: unknown): string {
  const url = parse(issuer)
  const form = url && `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  if (url === undefined || form === undefined || !isAudience(form)) {
    throw misuse('issuer', 'the public URL of the attestation service, without user, query and fragment')
  }
  if (issuer !== form) throw misuse('issuer', `the public URL of the service in its normal form: ${form}`)
  return form
}

/**
 * `aud` of the tokens, compared character by character.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function checkAudience(audience: unknown): string {
  if (typeof audience === 'string' && isAudience(audience)) return audience
  const form = normalAudience(audience)
  throw form === undefined
    ? misuse('audience', 'the URL under which the API is registered, without user, query and fragment')
    : misuse('audience', `the URL under which the API is registered, in its normal form: ${form}`)
}

function normalAudience(audience: unknown): string | undefined {
  const url = parse(audience)
  const form = url && `${url.origin}${url.pathname === '/' ? '' : url.pathname}`
  return form !== undefined && isAudience(form) ? form : undefined
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkFetchedUrl(name: string, text: unknown, admitsPlainHttp: boolean): string {
  const url = parse(text)
  if (typeof text !== 'string' || url === undefined) throw misuse(name, 'text: an absolute URL')
  if (url.username !== '' || url.password !== '') throw misuse(name, 'a URL without user and password')
  checkTransport(name, url, admitsPlainHttp)
  return text
}

/** A URL that is allowed in a quoted parameter. @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkMetadataUrl(text: unknown): string | undefined {
  if (text === undefined) return undefined
  if (
    typeof text !== 'string' ||
    parse(text) === undefined ||
    !/^https?:[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)
  )
    throw misuse('resourceMetadata', 'an absolute http or https URL')
  return text
}

/** This machine, so nobody is on the network path. */
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

function checkTransport(name: string, { protocol, hostname }: URL, admitsPlainHttp: boolean): void {
  if (protocol === 'https:') return
  if (protocol !== 'http:' || !(admitsPlainHttp || loopback.test(hostname))) {
    throw misuse(name, 'https, or http to this machine (on closed networks elsewhere: see allowPlainHttp)')
  }
}

function parse(text: unknown): URL | undefined {
  try {
    return typeof text === 'string' ? new URL(text) : undefined
  } catch {
    return undefined
  }
}
