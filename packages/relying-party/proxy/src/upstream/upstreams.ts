import { Agent, type Dispatcher } from 'undici'

/** Milliseconds. */
const connectWithin = 10_000
const keepAlive = 30_000

/**
 * Connections to upstreams: kept alive, one request at a time on each, so that no request waits behind another's answer
 * or is sent again because another broke. Certificates are verified, and no redirect is followed.
 */
export function createUpstreams(): Dispatcher {
  return new Agent({
    pipelining: 1,
    connections: null,
    keepAliveTimeout: keepAlive,
    connect: { timeout: connectWithin },
    allowH2: false,
  })
}

/** Before a connection stood: nothing was sent. */
const beforeConnection =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_\w+)$/

export interface UpstreamFault {
  readonly code: 'PROXY_UPSTREAM_UNREACHABLE' | 'PROXY_UPSTREAM_TIMEOUT'
  /** Whether the upstream may have got something of the request. */
  readonly isSent: boolean
}

/** Why a request has no answer, by what the library says. */
export function upstreamFaultOf(error: unknown): UpstreamFault {
  const code = String((error as { code?: unknown } | null)?.code)
  return {
    code:
      code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT' || error instanceof TookTooLong
        ? 'PROXY_UPSTREAM_TIMEOUT'
        : 'PROXY_UPSTREAM_UNREACHABLE',
    isSent: !beforeConnection.test(code),
  }
}

/** The exchange took longer than its route allows. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong'

  constructor() {
    super('an exchange took longer than its route allows')
  }
}

/** The caller has left. */
export class CallerLeft extends Error {
  override readonly name = 'CallerLeft'

  constructor() {
    super('the caller of an exchange has left')
  }
}
