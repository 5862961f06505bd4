import { invalidArgument } from '@assay/protocol'
import { AssayClientError, type ClientErrorCode } from '../errors/error.ts'
import type { SentHeaders } from '../request/authorizer.ts'
import { readRemedy } from '../wire/remedy.ts'

/** What is asked of the app: the headers of one request. */
export interface AskedHeaders {
  readonly method: string
  readonly url: string
  readonly authorization?: string | null | undefined
  /** A token that the API refused. */
  readonly unwanted?: string | undefined
}

/** The app around the page. */
export interface AppPort {
  /** @throws AssayClientError with the app's code; `timeout` if it does not answer, or never gave this page a port */
  ask(wanted: AskedHeaders): Promise<SentHeaders>
  /** Lets the app keep a nonce. */
  learn(url: string, nonce: string): void
  close(): void
}

/** What is used of the page. */
export interface Page {
  addEventListener(name: 'message', listener: (event: MessageEvent) => void): void
  removeEventListener(name: 'message', listener: (event: MessageEvent) => void): void
  /** Of a `WKWebView` whose app has registered the bridge: it answers each message by a promise. */
  readonly webkit?: {
    readonly messageHandlers?: { readonly assay?: { postMessage(text: string): Promise<unknown> } }
  }
}

interface Waiting {
  readonly text: string
  readonly settle: (answer: Readonly<Record<string, unknown>>) => void
}

const greeting = 'assay:port/1'

/** @param timeout milliseconds to wait for an answer, a page that has no port yet included */
export function createAppPort(page: Page, timeout: number): AppPort {
  const waiting = new Map<number, Waiting>()
  let port: MessagePort | undefined
  let last = 0

  const take = (text: unknown) => {
    const answer = readObject(text)
    const id = answer['id'] as number
    waiting.get(id)?.settle(answer)
    waiting.delete(id)
  }

  const send = (text: string) => {
    const handler = page.webkit?.messageHandlers?.assay
    // A promise that never settles, or fails, is like an app that does not answer.
    if (handler) void handler.postMessage(text).then(take, () => undefined)
    else port?.postMessage(text)
  }

  const greeted = (event: MessageEvent) => {
    // Only a message of the app has no source and no origin: every frame and every other window has an origin, if
    // only `null`.
    if (event.source !== null || event.origin !== '' || event.data !== greeting) return
    event.stopImmediatePropagation()
    port?.close()
    port = event.ports[0]
    if (port) port.onmessage = ({ data }) => take(data)
    // The port before may have been closed before it answered.
    for (const { text } of waiting.values()) send(text)
  }
  page.addEventListener('message', greeted)

  return {
    ask: (wanted) =>
      new Promise((resolve, reject) => {
        const id = ++last
        const text = JSON.stringify({ ...wanted, id })
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(new AssayClientError('timeout'))
        }, timeout)
        const settle: Waiting['settle'] = ({ headers, error, ...details }) => {
          clearTimeout(timer)
          if (isFields(headers)) return resolve(headers)
          reject(error === 'url' ? invalidArgument('url: missing or wrong') : failureOf(error, details))
        }
        waiting.set(id, { text, settle })
        send(text)
      }),
    learn: (url, nonce) => send(JSON.stringify({ learn: url, nonce })),
    close() {
      page.removeEventListener('message', greeted)
      port?.close()
      for (const { settle } of waiting.values()) settle({ error: 'closed' })
      waiting.clear()
    },
  }
}

function failureOf(
  code: unknown,
  { trace, problem, remedy }: Readonly<Record<string, unknown>>,
): AssayClientError {
  if (typeof code !== 'string') return new AssayClientError('response_invalid')
  return new AssayClientError(code as ClientErrorCode, {
    trace: typeof trace === 'string' ? trace : undefined,
    problem: typeof problem === 'string' ? problem : undefined,
    remedy: readRemedy(remedy),
  })
}

function isFields(value: unknown): value is SentHeaders {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'string')
  )
}

function readObject(text: unknown): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text as string)) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}
