/**
 * Fields of a request: `Headers`, or a record of names (in any case) to values. A field that came more than once is
 * seen as an array, or as the values joined by commas, which is what `Headers` and Node's `req.headers` make of it.
 *
 * Node's `req.headers` drops a repeated `Authorization`: give `req.headersDistinct` or use an adapter.
 */
export type RequestHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>

/** What some runtimes give along with a request. */
export interface RequestContext {
  /**
   * Keeps the runtime at work on `promise` after the request has been answered. Workers drop whatever a request leaves
   * behind without it: their keys would be renewed only while a request waits for them.
   */
  waitUntil(promise: Promise<unknown>): void
}

/** What the guard needs of a request. A `Request` is one. */
export interface GuardRequest {
  readonly method: string
  /** Absolute, or the request target as it is in the request line. */
  readonly url: string
  readonly headers: RequestHeaders
}
