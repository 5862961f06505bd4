/**
 * Fields of a request: `Headers`, or a record of names (in any case) to values. A repeated field appears as an array,
 * or as its values joined by commas, as in `Headers` and Node's `req.headers`.
 *
 * Node's `req.headers` drops a repeated `Authorization`: pass `req.headersDistinct` or use an adapter.
 */
export type RequestHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>

/** What some runtimes provide with a request. */
export interface RequestContext {
  /**
   * Keeps the runtime working on `promise` after the request has been answered. Without it, workers drop whatever a
   * request leaves behind: their keys would be renewed only while a request waits for them.
   */
  waitUntil(promise: Promise<unknown>): void
}

/** What the guard needs from a request. A `Request` has it. */
export interface GuardRequest {
  readonly method: string
  /** Absolute, or the request target as in the request line. */
  readonly url: string
  readonly headers: RequestHeaders
}
