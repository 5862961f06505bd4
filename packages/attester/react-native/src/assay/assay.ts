import type { TokenType } from '@assay/protocol'
import { createBridge } from '../session/bridge.ts'
import type { AssayEvent, AssayStatus } from '../events/events.ts'
import { checkOptions, type AssayOptions } from '../options/options.ts'
import { createGivenFetch, learn } from '../request/given-fetch.ts'
import { createNativeFetch } from '../request/native-fetch.ts'
import { createSession } from '../session/session.ts'
import type { Spec } from '../spec/NativeAssay.ts'
import { misuse } from '../errors/error.ts'
import { createStatus } from '../session/status.ts'
import { warnOf } from '../events/warnings.ts'

/** A token for one audience. */
export interface AssayToken {
  /** The API that it is for, by its registered name. */
  readonly audience: string
  /** For the header `OAuth-Client-Attestation`, unless there is a `tokenType`. In bound mode it is useless without a proof. */
  readonly token: string
  /** The scheme under which `Authorization` takes it: the API takes the kind `access`. */
  readonly tokenType?: TokenType
  /** Seconds for which it may still be sent; the native part gets another before that. */
  readonly expiresIn: number
  /** Identifies the exchange to the operator. */
  readonly trace: string
}

/** One request to a protected API, as another HTTP client will send it. */
export interface ProofRequest {
  /** As sent: upper case for the methods that `fetch` upper-cases. */
  readonly method: string
  /** As sent, with its query. */
  readonly url: string
  /**
   * The `Authorization` header of the request, to which the proof is bound if it carries a token. An API of the kind `access`
   * takes none of yours.
   */
  readonly authorization?: string | undefined
  /** A nonce that the API gave. Default: the last one learned. */
  readonly nonce?: string | undefined
  /**
   * States that the client that sends the request follows no redirect. Without it, an audience in mode `bearer` is
   * refused with `bearer_refused`: its token is useful to whoever a redirect leads to.
   */
  readonly heedsRedirect?: boolean | undefined
}

/**
 * Headers to add to one request. They are valid for that request only. For an API that takes the kind `attestation`:
 * `OAuth-Client-Attestation`, the token, and `DPoP`, the proof for one method and URL (RFC 9449). For one that takes the kind
 * `access`: `Authorization`, and `DPoP` unless its scheme is `Bearer`.
 */
export type ProofHeaders = Readonly<Record<string, string>>

/** One client of the app, for all screens and all protected APIs. Made by `createAssay`. */
export interface Assay {
  /**
   * `fetch`, with token and proof added if the URL is protected. If the API wants a nonce or a fresh token, the request
   * is sent once more. A protected API's redirect is not followed: `redirect_refused`, or with `redirect:
   * 'manual'` the answer itself, but not on iOS without a `transport`.
   *
   * @throws AssayError besides what `fetch` throws
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * A valid token, from memory or by an exchange that all callers share, including native ones.
   *
   * @param audience may be left out if the options name only one
   * @param options `forceRefresh`: by an exchange even if a valid token is available, and an error if that fails
   * @throws AssayError if no token is available; TypeError (`ERR_INVALID_ARG_VALUE`) for another audience
   */
  getToken(audience?: string, options?: { readonly forceRefresh?: boolean }): Promise<AssayToken>
  /** Makes an exchange now, for all audiences. @throws AssayError */
  refresh(): Promise<void>
  /**
   * Token and proof for one request of another HTTP client. Each request needs its own.
   *
   * @throws AssayError; TypeError (`ERR_INVALID_ARG_VALUE`) for a URL that is not that of a protected API
   */
  proof(request: ProofRequest): Promise<ProofHeaders>
  /**
   * URL and headers for the handshake of a WebSocket: `new WebSocket(url, protocols, { headers })`. Each handshake needs
   * its own, a reconnection too. Android's WebSocket follows a redirect and takes the headers along, so a token of mode
   * `bearer` is refused with `bearer_refused`.
   *
   * @param url absolute, `wss:` or `https:`
   * @throws AssayError; TypeError (`ERR_INVALID_ARG_VALUE`) for a URL that is not that of a protected API
   */
  webSocketRequest(url: string): Promise<{ readonly url: string; readonly headers: ProofHeaders }>
  /** Reports the answer to a request with a proof, so that the next proof has the nonce that the API wants. */
  learn(url: string, response: Pick<Response, 'headers'>): void
  /**
   * What you call the user, for support: 1 to 128 bytes of UTF-8 without control characters; `undefined`: none. The next exchange
   * carries it, and none is started for it. Native callers of the same client share it.
   *
   * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for another text
   */
  setReference(reference: string | undefined): void
  /** Calls `listener` for each event, until the returned function is called. */
  on(listener: (event: AssayEvent) => void): () => void
  /** The current state; the same object until it changes. */
  status(): AssayStatus
  /** Calls `listener` after each change of {@link status}, until the returned function is called. */
  onStatus(listener: () => void): () => void
  /**
   * Call it when the network is back, if the app knows and the system does not: a refresh that is due is made at once.
   */
  wake(): void
  /** Discards tokens, key and everything kept: the next exchange enrols a new installation. @throws AssayError */
  reset(): Promise<void>
  /** Recent events, one per line; safe to paste. @throws AssayError */
  debugLog(): Promise<readonly string[]>
  /** Ends it; each later call fails with `closed`. Native callers of the same client are not affected. */
  close(): void
}

/** What is used of the engine's global object. */
export interface Host {
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds, never set back. */
  readonly now: () => number
  /** In a development build: says what to do about a fault. */
  readonly warn: ((text: string) => void) | undefined
  /** Id of the build that the bundle belongs to, if it states one. */
  readonly build?: string | undefined
}

/**
 * @param native the native part; `null` if the app was built without it @param options by default the configuration in
 * the app, or the client that native code provided
 */
export function createAssayOver(native: Spec | null, options: AssayOptions | undefined, host: Host): Assay {
  const checked = options && checkOptions(options)
  const bridge = createBridge(native)
  const session = createSession(bridge, checked, host.build)
  const status = createStatus()
  const warn = warnOf(host.warn)
  const unlisten = bridge.listen((event) => {
    if (event['handle'] === session.handle()) status.take(event)
  })

  /** The result of a call is known before its event arrives, or if none arrives. */
  async function warned<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      status.failed(error)
      warn(error)
      throw error
    }
  }

  const transport = options?.transport
  const fetch = transport
    ? createGivenFetch(session, transport, host.now)
    : createNativeFetch(session, host.fetch)

  async function proof({ method, url, authorization, nonce, heedsRedirect }: ProofRequest) {
    const wanted = { method, url: `${url}`, authorization, nonce, heedsRedirect: heedsRedirect === true }
    const { headers } = await warned(session.ask<{ headers: ProofHeaders }>('proof', wanted))
    return headers
  }

  return {
    fetch: (input, init) => warned(fetch(input, init)),
    async getToken(audience, { forceRefresh = false } = {}) {
      const token = await warned(
        session.ask<AssayToken & Record<string, unknown>>('getToken', { audience, forceRefresh }),
      )
      status.succeeded()
      return token
    },
    async refresh() {
      await warned(session.ask('getToken', { any: true, forceRefresh: true }))
      status.succeeded()
    },
    proof,
    async webSocketRequest(url) {
      const [, last, rest] = /^(?:ws|http)(s?)(:\/\/[^]*)$/i.exec(`${url}`) ?? []
      if (rest === undefined) throw misuse('url: missing or wrong')
      const secure = last && 's'
      const headers = await proof({ method: 'GET', url: `http${secure}${rest}` })
      return { url: `ws${secure}${rest}`, headers }
    },
    learn: (url, response) => learn(session, url, response),
    setReference(reference) {
      if (reference !== undefined && !isReference(reference)) throw misuse('reference: missing or wrong')
      session.refer(reference)
    },
    on: (listener) => status.onEvent(listener),
    status: () => status.current(),
    onStatus: (listener) => status.onChange(listener),
    wake: () => session.tell('wake'),
    async reset() {
      await warned(session.ask('reset'))
    },
    async debugLog() {
      return (await session.ask<{ lines: readonly string[] }>('debugLog')).lines
    },
    close() {
      session.close()
      unlisten()
      status.closed()
    },
  }
}

/** As in client data: 1 to 128 bytes of UTF-8, without control characters and lone surrogates. Not every Hermes knows `\p{…}`. */
function isReference(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false
  const units = Array.from({ length: value.length }, (_, i) => value.charCodeAt(i))
  if (units.some((unit) => unit < 0x20 || (unit >= 0x7f && unit < 0xa0))) return false
  try {
    return encodeURIComponent(value).replace(/%../g, '.').length <= 128
  } catch {
    return false
  }
}
