import type { ProblemDocument } from '@assay/protocol'

/** A network that is missing here is nobody's fault there. */
const unreached = (): string => (navigator.onLine ? 'The service does not answer' : 'This browser is offline')

/** The service's answer to a request that it refuses, or cannot carry out. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  /** 0: there was no answer. */
  readonly status: number
  readonly code: string
  readonly trace: string | undefined
  readonly errors: NonNullable<ProblemDocument['errors']>

  constructor(status: number, { title, code, trace, errors = [] }: Partial<ProblemDocument>) {
    super(title ?? (status === 0 ? unreached() : `The service answered ${status}`))
    this.status = status
    this.code = code ?? (status === 0 ? 'unreachable' : 'unknown')
    this.trace = trace
    this.errors = errors
  }
}

interface Call {
  body?: unknown
  signal?: AbortSignal | undefined
  /** The page sends it on its own: that keeps no session alive. */
  background?: boolean
}

/** One request to the service, with the session's cookie. What changes the service is sent by `perform`. @throws ApiProblem */
export async function send<T>(
  method: string,
  path: string,
  { body, signal, background }: Call = {},
): Promise<T> {
  const response = await fetch(`/console/${path}`, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(background === true ? { 'x-assay-background': '1' } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiProblem(0, {})
  })
  if (response.status === 204) return undefined as T
  const value: unknown = await response.json().catch(() => ({}))
  if (!response.ok) throw new ApiProblem(response.status, value ?? {})
  return value as T
}

/** Reads something. @throws ApiProblem */
export const call = <T>(method: 'GET', path: string, options: Omit<Call, 'body'> = {}): Promise<T> =>
  send(method, path, options)

/** A question that needs a body, and changes nothing. @throws ApiProblem */
export const ask = <T>(path: string, body: unknown): Promise<T> => send('POST', path, { body })

/** Maximum number of items in one list: beyond it a search is more useful than a table. */
export const mostItems = 100_000

/** A list, page by page. @throws ApiProblem */
export async function listAll<T>(
  path: string,
  member: string,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (count: number) => void } = {},
): Promise<T[]> {
  const items: T[] = []
  const query = (after?: string) =>
    `${path}${path.includes('?') ? '&' : '?'}limit=1000${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`
  let next: string | undefined
  do {
    const page = await call<Record<string, unknown>>('GET', query(next), { signal })
    items.push(...(page[member] as T[]))
    onProgress?.(items.length)
    next = page['next'] as string | undefined
  } while (next !== undefined && items.length < mostItems)
  return items
}

/** A path segment. */
export const segment = encodeURIComponent
