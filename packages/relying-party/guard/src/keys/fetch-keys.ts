import { decodeUtf8, parseStrictJson } from '@assay/protocol'
import { describeKeys, KeySetError, type DescribedKey } from './key-set.ts'

/** As much of `fetch` as fetching a JWKS takes. */
export type FetchKeys = (
  url: string,
  init: { headers: Record<string, string>; redirect: 'manual'; signal: AbortSignal },
) => Promise<Response>

export interface FetchSettings {
  url: string
  fetch: FetchKeys
  /** Seconds for the whole exchange. */
  timeout: number
  /** Bytes of the body. */
  maxBytes: number
}

/**
 * Fetches and reads a JWKS. No redirect is followed: the operator names the place, not whoever answers there.
 *
 * @throws whatever went wrong: all of it is a malfunction to the caller.
 */
export async function fetchKeys(settings: FetchSettings): Promise<DescribedKey[]> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  // A fetch that does not heed its signal must not hold requests either.
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(new KeySetError('no answer in time'))
    }, settings.timeout * 1000)
  })
  try {
    return await Promise.race([exchange(settings, controller.signal), expired])
  } finally {
    clearTimeout(timer)
  }
}

async function exchange(
  { url, fetch, maxBytes }: FetchSettings,
  signal: AbortSignal,
): Promise<DescribedKey[]> {
  const headers = { Accept: 'application/jwk-set+json, application/json' }
  const response = await fetch(url, { headers, redirect: 'manual', signal })
  if (response.status !== 200) throw new KeySetError(`status ${response.status}`)
  const text = decodeUtf8(await readAtMost(response, maxBytes))
  const parsed = text === undefined ? undefined : parseStrictJson(text, { maxLength: maxBytes, maxDepth: 8 })
  if (parsed === undefined || !parsed.ok) throw new KeySetError('the body is not well-formed JSON')
  return describeKeys(parsed.value)
}

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array> {
  const body = new Uint8Array(maxBytes)
  let length = 0
  const reader = response.body?.getReader()
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done) break
    if (length + value.length > maxBytes) {
      void reader.cancel().catch(() => undefined)
      throw new KeySetError('the body is too large')
    }
    body.set(value, length)
    length += value.length
  }
  return body.subarray(0, length)
}
