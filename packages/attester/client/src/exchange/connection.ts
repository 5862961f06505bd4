import { mediaTypes } from '@assay/protocol'
import { AssayClientError } from '../error.ts'
import type { Lifetime } from '../lifetime.ts'
import type { ClientConfig } from '../options.ts'
import { readClocks, type Reading } from '../token/grant.ts'
import { isObject, type Members } from './answers.ts'
import { readRefusal, readRetryAfter } from './refusal.ts'

/** A good answer of the service. */
export interface Answered<T> {
  value: T
  sentAt: Reading
  receivedAt: Reading
}

/** The endpoints of the service. */
export interface Connection {
  /**
   * Sends `body`, byte for byte the same each time, until an endpoint gives an answer of the right form: each
   * endpoint up to three times, within 30 s.
   *
   * @throws AssayClientError for what the service refused, at once; for a malfunction, after the last attempt
   */
  post<T>(path: string, body: string, read: (body: Members) => T | undefined): Promise<Answered<T>>
}

const rounds = 3
const longestTogether = 30_000
/** A caller waits no longer than that between two attempts; what takes longer is left to the background. */
const longestPause = 3_000
const longestAnswer = 262_144

export function createConnection(config: ClientConfig, lifetime: Lifetime, chance: () => number): Connection {
  const { endpoints, clock } = config
  let current = 0

  async function post<T>(
    path: string,
    body: string,
    read: (body: Members) => T | undefined,
  ): Promise<Answered<T>> {
    const begun = clock.monotonic()
    for (let attempt = 1; ; attempt++) {
      try {
        return await postOnce(endpoints[current] + path, body, read)
      } catch (error) {
        if (!(error instanceof AssayClientError) || !isWorthAnother(error)) throw error
        current = (current + 1) % endpoints.length
        // Another endpoint is asked at once; the pause comes when all have failed.
        const pause = attempt % endpoints.length === 0 ? pauseAfter(attempt / endpoints.length, error) : 0
        const late = clock.monotonic() - begun + pause > longestTogether
        if (attempt >= rounds * endpoints.length || pause > longestPause || late) throw error
        if (pause > 0) await lifetime.sleep(pause)
      }
    }
  }

  function pauseAfter(round: number, error: AssayClientError): number {
    return error.retryAfter === undefined ? 250 * 2 ** round * (0.5 + chance() / 2) : error.retryAfter * 1000
  }

  async function postOnce<T>(
    url: string,
    body: string,
    read: (body: Members) => T | undefined,
  ): Promise<Answered<T>> {
    const sentAt = readClocks(clock)
    const { response, text } = await lifetime.within(config.requestTimeout, (signal) =>
      send(url, body, signal),
    )
    const receivedAt = readClocks(clock)
    const members = readMembers(text)
    if (!response.ok) throw readRefusal(response.status, members, readRetryAfter(response.headers))
    const value = members === undefined ? undefined : read(members)
    if (value === undefined) throw new AssayClientError('response_invalid')
    return { value, sentAt, receivedAt }
  }

  async function send(
    url: string,
    body: string,
    signal: AbortSignal,
  ): Promise<{ response: Response; text: string }> {
    try {
      const response = await config.fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': mediaTypes.json, Accept: mediaTypes.json },
        body,
        signal,
        redirect: 'error',
        credentials: 'omit',
        cache: 'no-store',
      })
      return { response, text: await response.text() }
    } catch (cause) {
      throw new AssayClientError('network', { cause })
    }
  }

  return { post }
}

/** Malfunctions that another endpoint or another moment may not have. */
function isWorthAnother(error: AssayClientError): boolean {
  return ['network', 'timeout', 'service_unavailable', 'response_invalid'].includes(error.code)
}

function readMembers(text: string): Members | undefined {
  if (text.length > longestAnswer) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
