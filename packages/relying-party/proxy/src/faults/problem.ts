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

/** A problem document (RFC 9457) that contains nothing of the request. */
export function problemOf(code: ProxyCode, headers: Readonly<Record<string, string>> = {}): OwnAnswer {
  const { status, title } = isRefusal(code) ? proxyRefusals[code] : proxyMalfunctions[code]
  return {
    status,
    headers: {
      'Content-Type': mediaTypes.problem,
      'Cache-Control': 'no-store',
      ...(status >= 500 ? { 'Retry-After': retryAfter } : {}),
      ...headers,
    },
    body: JSON.stringify(problemDocument(code, { status, title })),
  }
}

/** A problem document of this proxy, whose code on the wire is that of the log in lower case. */
export function problemDocument(code: string, { status, title }: { status: number; title: string }) {
  const name = code.toLowerCase()
  return { type: `urn:assay:problem:${name}`, title, status, code: name }
}

function isRefusal(code: ProxyCode): code is ProxyRefusalCode {
  return Object.hasOwn(proxyRefusals, code)
}
