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
 * One exchange within its time limit. No redirect is followed: the operator names the location, not whoever answers
 * there.
 *
 * @throws any error: each of them is a malfunction to the caller.
 */
export async function fetchDocument<T>(
  { url, fetch, timeout }: FetchSettings,
  headers: Record<string, string>,
  read: (response: FetchedResponse) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  // A fetch that ignores its signal must not block requests either.
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(new FetchError('no answer in time'))
    }, timeout * 1000)
  })
  const exchange = async () =>
    read(await fetch(url, { headers, redirect: 'manual', signal: controller.signal }))
  try {
    return await Promise.race([exchange(), expired])
  } finally {
    clearTimeout(timer)
  }
}

export async function readAtMost(response: FetchedResponse, maxBytes: number): Promise<Uint8Array> {
  const body = new Uint8Array(maxBytes)
  let length = 0
  const reader = response.body?.getReader()
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done || value === undefined) break
    if (length + value.length > maxBytes) {
      void reader.cancel().catch(() => undefined)
      throw new FetchError('the body is too large')
    }
    body.set(value, length)
    length += value.length
  }
  return body.subarray(0, length)
}
