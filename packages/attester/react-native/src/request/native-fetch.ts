import { misuse } from '../errors/error.ts'
import type { Session } from '../session/session.ts'
import { orAborted } from './aborted.ts'
import { decodeBase64, readBody, readWanted, type SentBody, type Wanted } from './wanted.ts'

type Fetch = typeof globalThis.fetch

/**
 * The answer of the native part: that the URL does not belong to a protected API, what the API answered, or that no
 * answer came.
 */
interface NativeAnswer extends Readonly<Record<string, unknown>> {
  readonly protected: boolean
  readonly failed?: string
  readonly status?: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly text?: string
  readonly base64?: string
}

/**
 * `fetch` by the HTTP client of the native part, in one crossing of the bridge: it adds token and proof, repeats the
 * request if the API asks for it, and lets no redirect take either along. Requests to other URLs go to the platform's
 * `fetch` untouched.
 */
export function createNativeFetch(session: Session, others: Fetch): Fetch {
  return async (input, init = {}) => {
    const wanted = readWanted(input, init)
    if (wanted.url === undefined) return others(input, init)
    const body = await orAborted(() => readBody(wanted.body), wanted.signal)
    if (body === 'unreadable') {
      const { protected: isProtected } = await session.ask<NativeAnswer>('fetch', {
        url: wanted.url,
        only: true,
      })
      if (!isProtected) return others(input, init)
      throw misuse('body: give text, bytes or URLSearchParams; for others set `transport` to expo/fetch')
    }
    const answer = await orAborted(
      () => session.ask<NativeAnswer>('fetch', requestOf(wanted, body)),
      wanted.signal,
    )
    if (!answer.protected) return others(input, init)
    if (answer.failed !== undefined) throw new TypeError(`Network request failed: ${answer.failed}`)
    return responseOf(answer, wanted.url)
  }
}

function requestOf({ url, method, headers, redirect }: Wanted, body: SentBody | undefined) {
  if (body !== undefined && /^(GET|HEAD)$/.test(method)) throw misuse('body: not with GET or HEAD')
  const { type, ...content } = body ?? {}
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  const sent = type === undefined || hasType ? headers : [...headers, ['Content-Type', type] as const]
  return { url, method, headers: sent, redirect, ...(body && { body: content }) }
}

function responseOf({ status = 0, headers = [], text, base64 }: NativeAnswer, url: string): Response {
  const isEmpty = [101, 204, 205, 304].includes(status)
  const content = base64 === undefined ? (text ?? '') : decodeBase64(base64).buffer
  const fields = new Headers()
  for (const [name, value] of headers) fields.append(name, value)
  const response = new Response(isEmpty ? null : content, { status, headers: fields })
  Object.defineProperty(response, 'url', { value: url })
  return response
}
