import { mediaTypes } from '@assay/protocol'
import {
  proxyMalfunctions,
  proxyRefusals,
  type ProxyMalfunctionCode,
  type ProxyRefusalCode,
} from './codes.ts'

export type ProxyCode = ProxyRefusalCode | ProxyMalfunctionCode

/** An answer that the proxy gives itself. */
export interface OwnAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Seconds after which a caller may try again when the fault is on this side. */
const retryAfter = '5'

/**
 * A problem document (RFC 9457) that contains nothing of the request but, where a body is not admitted, the name of the
 * member.
 */
export function problemOf(
  code: ProxyCode,
  headers: Readonly<Record<string, string>> = {},
  member?: string,
): OwnAnswer {
  const { status, title } = isRefusal(code) ? proxyRefusals[code] : proxyMalfunctions[code]
  return {
    status,
    headers: {
      'Content-Type': mediaTypes.problem,
      'Cache-Control': 'no-store',
      ...(status >= 500 || status === 429 ? { 'Retry-After': retryAfter } : {}),
      ...headers,
    },
    body: JSON.stringify(withError(problemDocument(code, { status, title }), member)),
  }
}

/** A problem document of this proxy, whose code on the wire is that of the log in lower case. */
export function problemDocument(code: string, { status, title }: { status: number; title: string }) {
  const name = code.toLowerCase()
  return { type: `urn:assay:problem:${name}`, title, status, code: name }
}

/**
 * A problem document in which SDKs of language models find what they look for: without it they show a status and no reason.
 *
 * @param member JSON pointer
 */
export function withError<Document extends { title: string; status: number; code: string }>(
  document: Document,
  member?: string,
) {
  const { title, status, code } = document
  const message = member === undefined ? title : `${title}: ${member}`
  return { ...document, error: { message, type: typeOf(status), code, param: member ?? null } }
}

function typeOf(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 429:
      return 'rate_limit_error'
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error'
  }
}

function isRefusal(code: ProxyCode): code is ProxyRefusalCode {
  return Object.hasOwn(proxyRefusals, code)
}
