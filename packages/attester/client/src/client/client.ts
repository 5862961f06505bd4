import { isReference, mustHold, type TokenType } from '@assay/protocol'
import { createEvents, type ClientEventName, type ClientListener } from '../runtime/events.ts'
import { createPost } from '../exchange/connection.ts'
import { createExchange, type PlatformParts } from '../exchange/exchange.ts'
import { createLifetime } from '../runtime/lifetime.ts'
import { checkOptions, type ClientOptions } from '../options/options.ts'
import { createAuthorizer, type ProofHeaders, type ProofRequest } from '../request/authorizer.ts'
import { createProtectedFetch } from '../request/protected-fetch.ts'
import { createTokenSource } from '../token/token-source.ts'

/** A token for one audience. */
export interface ClientToken {
  audience: string
  /** For the header `OAuth-Client-Attestation`, unless there is a `tokenType`. In bound mode it is useless without a proof. */
  token: string
  /** The scheme under which `Authorization` takes it: the API takes the kind `access`. */
  tokenType?: TokenType | undefined
  /** Seconds for which it may still be sent; the client gets another before that. */
  expiresIn: number
  /** Identifies the exchange to the operator. */
  trace: string
}

export interface AssayClient {
  /**
   * A valid token, from memory or by an exchange that all callers share. To warm up, call it early and ignore the
   * result.
   *
   * @param audience may be left out if `audiences` names only one
   * @param options `forceRefresh`: by an exchange even if a valid token is available, and an error if that fails
   * @throws AssayClientError when no token is available; TypeError (`ERR_INVALID_ARG_VALUE`) for another audience
   */
  getToken(audience?: string, options?: { forceRefresh?: boolean }): Promise<ClientToken>
  /**
   * `fetch`, with token and proof added if the URL is protected. If the API wants a nonce or a fresh token,
   * the request is sent once more, unless its body is a stream. A protected API's redirect is not followed.
   *
   * @throws AssayClientError besides what `fetch` throws
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * Token and proof for one request of another HTTP client. Each request needs its own.
   *
   * @throws AssayClientError; TypeError (`ERR_INVALID_ARG_VALUE`) for a URL that is not that of a protected API
   */
  proof(request: ProofRequest): Promise<ProofHeaders>
  /**
   * What you call the user, for support: 1 to 128 bytes of UTF-8 without control characters; `undefined`: none. The next exchange
   * carries it, and none is started for it. It is in no event, and kept by nothing but this client.
   *
   * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for another text
   */
  setReference(reference: string | undefined): void
  /** Calls `listener` for each event, until the returned function is called. */
  on<Name extends ClientEventName>(name: Name, listener: ClientListener<Name>): () => void
  /** Call it when the network is back or the app comes to the foreground: a refresh that is due is made at once. */
  wake(): void
  /** Ends background work and everything that is waiting; each later call fails with `closed`. */
  close(): void
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong. */
export function createClient(options: ClientOptions, parts?: PlatformParts): AssayClient {
  const config = checkOptions(options)
  const events = createEvents()
  const lifetime = createLifetime(config.timers)
  /** At least 0, below 1. */
  const chance = () => (config.random(1)[0] as number) / 256
  const post = createPost(config, lifetime, chance)
  const exchange = createExchange(config, post, events, lifetime, parts)
  const tokens = createTokenSource(config, exchange, events, lifetime, chance)
  const authorizer = createAuthorizer(config, tokens)

  return {
    async getToken(audience, { forceRefresh } = {}) {
      const { audienceList } = config
      const wanted = audience ?? (audienceList[1] ? undefined : audienceList[0])
      mustHold(wanted && audienceList.includes(wanted), 'audience')
      const { grant, token, token_type: tokenType, left } = await tokens.get(wanted, () => !forceRefresh)
      const expiresIn = Math.floor(left / 1000)
      return { audience: wanted, token, tokenType, expiresIn, trace: grant.trace }
    },
    fetch: createProtectedFetch(config, authorizer),
    async proof(request) {
      const url = config.parseUrl(`${request.url}`, config.baseUrl)
      const audience = url && config.protectedUrls(url)
      mustHold(url && audience !== undefined, 'url')
      return authorizer.authorize(audience, url, request)
    },
    setReference(reference) {
      mustHold(reference === undefined || isReference(reference), 'reference')
      exchange.refer(reference)
    },
    on: events.on,
    wake: tokens.wake,
    close() {
      lifetime.end()
      tokens.end()
    },
  }
}
