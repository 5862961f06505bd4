/**
 * The runtime's own type, so that its `fetch` fits as it is; a program whose types lack one must supply its own.
 */
export type PlatformSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : unknown

/** The part of `fetch` that fetching a document needs. */
export type FetchDocument = (
  url: string,
  init: { headers: Record<string, string>; redirect: 'manual'; signal: PlatformSignal },
) => Promise<FetchedResponse>

/** The part of a `Response` that the guard reads. */
export interface FetchedResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: FetchedBody | null
}

export interface FetchedBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(): Promise<void>
  }
}

export interface FetchSettings {
  url: string
  fetch: FetchDocument
  /** Seconds for the whole exchange. */
  timeout: number
  /** Bytes of the body. */
  maxBytes: number
}

/** Why a document is not available. */
export class FetchError extends Error {
  override readonly name = 'FetchError'
}

/**
 * Does work within a time limit; its signal is aborted when it has failed or the time is over. A fetch that ignores it
 * must not block requests either, so nobody waits for longer.
 *
 * @param seconds
 */
export async function withinTime<T>(
  seconds: number,
  work: (signal: PlatformSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FetchError('no answer in time')), seconds * 1000)
  })
  try {
    return await Promise.race([work(controller.signal), expired])
  } catch (fault) {
    controller.abort()
    throw fault
  } finally {
    clearTimeout(timer)
  }
}

/**
 * One exchange. No redirect is followed: the operator names the location, not whoever answers there.
 *
 * @throws any error: each of them is a malfunction to the caller.
 */
export async function exchange<T>(
  { url, fetch }: Pick<FetchSettings, 'url' | 'fetch'>,
  { headers, signal }: { headers: Record<string, string>; signal: PlatformSignal },
  read: (response: FetchedResponse) => Promise<T>,
): Promise<T> {
  return read(await fetch(url, { headers, redirect: 'manual', signal }))
}

/** One exchange within its time limit. @throws as {@link exchange} */
export function fetchDocument<T>(
  settings: FetchSettings,
  headers: Record<string, string>,
  read: (response: FetchedResponse) => Promise<T>,
): Promise<T> {
  return withinTime(settings.timeout, (signal) => exchange(settings, { headers, signal }, read))
}

/** @throws FetchError for a longer body, unless `tooLarge` says something else */
export async function readAtMost(
  response: FetchedResponse,
  maxBytes: number,
  tooLarge: () => Error = () => new FetchError('the body is too large'),
): Promise<Uint8Array> {
  const body = new Uint8Array(maxBytes)
  let length = 0
  const reader = response.body?.getReader()
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done || value === undefined) break
    if (length + value.length > maxBytes) {
      void reader.cancel().catch(() => undefined)
      throw tooLarge()
    }
    body.set(value, length)
    length += value.length
  }
  return body.subarray(0, length)
}
