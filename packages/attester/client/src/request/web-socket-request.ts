import { mustHold } from '@assay/protocol'
import type { ProofHeaders, ProofRequest } from './authorizer.ts'

/** The handshake of one WebSocket. */
export interface WebSocketRequest {
  /** `wss:`, or `ws:`. */
  readonly url: string
  /** For the handshake, whose client must follow no redirect. They are valid for this handshake only. */
  readonly headers: ProofHeaders
}

/**
 * Token and proof for the handshake of a WebSocket, which is a `GET` of the URL with `https:` in place of `wss:`. Each
 * handshake needs its own, a reconnection too.
 *
 * A page cannot set headers on a WebSocket. It sends them as the first message instead, and the server passes them to its guard.
 *
 * @param assay the client
 * @param url absolute, `wss:` or `https:`
 * @param request the rest of what is proven, as for `proof`
 * @throws AssayClientError; TypeError (`ERR_INVALID_ARG_VALUE`) for a URL that is not that of a protected API
 */
export async function webSocketRequest(
  assay: { proof(request: ProofRequest): Promise<ProofHeaders> },
  url: string | URL,
  request: Pick<ProofRequest, 'authorization' | 'nonce'> = {},
): Promise<WebSocketRequest> {
  const [, last, rest] = /^(?:ws|http)(s?)(:\/\/.*)$/is.exec(`${url}`) ?? []
  mustHold(rest !== undefined, 'url')
  const secure = last && 's'
  const headers = await assay.proof({ ...request, method: 'GET', url: `http${secure}${rest}` })
  return { url: `ws${secure}${rest}`, headers }
}
