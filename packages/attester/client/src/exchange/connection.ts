import { AssayClientError, orFail, type ClientErrorCode } from '../errors/error.ts'
import type { Lifetime } from '../runtime/lifetime.ts'
import type { ClientConfig } from '../options/options.ts'
import { backOff } from './back-off.ts'
import type { Reading } from '../grant/grant.ts'
import { notTheService, readRefusal } from './refusal.ts'

/** A valid answer of the service, and when its request was sent. */
export type Answered<T> = T & { sentAt: Reading }

/**
 * Sends `body` to the service, byte for byte the same each time, until an endpoint gives an answer of the right form:
 * each endpoint up to three times, within 30 s.
 *
 * @throws AssayClientError at once if the service refused the request; after the last attempt for a malfunction
 */
export type Post = <T>(path: string, body: object, isGood: (body: unknown) => boolean) => Promise<Answered<T>>

/** Malfunctions that may not occur at another endpoint or another time. */
const elsewhere: readonly ClientErrorCode[] = [
  'network',
  'timeout',
  'service_unavailable',
  'response_invalid',
]

export function createPost(config: ClientConfig, lifetime: Lifetime, chance: () => number): Post {
  const rounds = 3
  const longestTogether = 30_000
  /**
   * A caller waits no longer between two attempts: three seconds as requested, and a random quarter; anything longer is
   * left to the background.
   */
  const longestPause = 3_750
  const { endpoints, clock, fetch, requestTimeout, parseUrl, baseUrl } = config
  /** Of the page, where there is one. */
  const origin = baseUrl && parseUrl(baseUrl)?.origin
  let current = 0

  /** A browser does not say whether the network or CORS is why a page reaches nothing. */
  function unreached(cause: unknown): never {
    throw origin && cause instanceof TypeError
      ? new TypeError(`no connection, or an API without --origin ${origin}`, { cause })
      : cause
  }

  function send(path: string, body: object, isGood: (body: unknown) => boolean): Promise<object> {
    return lifetime.within(requestTimeout, (signal) =>
      orFail('network', async () => {
        const response = await fetch(endpoints[current] + path, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
          signal,
          redirect: 'error',
          credentials: 'omit',
          cache: 'no-store',
        }).catch(unreached)
        // Anything but a JSON object counts as an object without members: it does not have the form of any answer.
        const answer = Object(await response.json().catch(() => undefined)) as object
        if (!response.ok) throw readRefusal(response, answer)
        if (!isGood(answer))
          throw new AssayClientError('response_invalid', notTheService(response.status, response.url))
        return answer
      }),
    )
  }

  return async <T>(path: string, body: object, isGood: (body: unknown) => boolean): Promise<Answered<T>> => {
    const begun = clock.monotonic()
    for (let attempt = 1; ; attempt++) {
      const sentAt: Reading = [clock.monotonic(), clock.wall()]
      try {
        return { ...((await send(path, body, isGood)) as T), sentAt }
      } catch (error) {
        const { code } = error as AssayClientError
        if (!elsewhere.includes(code)) throw error
        current = (current + 1) % endpoints.length
        // Another endpoint is tried at once; the pause comes when all have failed.
        const round = attempt / endpoints.length
        const pause = round % 1 ? 0 : backOff(round - 1, error as AssayClientError, chance())
        const late = clock.monotonic() - begun + pause > longestTogether
        if (round >= rounds || pause > longestPause || late) throw error
        await lifetime.sleep(pause)
      }
    }
  }
}
