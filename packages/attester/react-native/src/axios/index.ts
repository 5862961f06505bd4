import type { Assay } from '../assay/assay.ts'

/** What the adapter reads from a request's axios 1 configuration. */
export interface AxiosRequest {
  /** Default `get`. */
  readonly method?: string
  readonly headers?: {
    /** Names to values, as `AxiosHeaders` gives them. */
    toJSON?(): object
  }
  /** The body, as `transformRequest` left it. */
  readonly data?: unknown
  /** `arraybuffer`, or text. */
  readonly responseType?: string
  /** Milliseconds; 0 means no limit. */
  readonly timeout?: number
  /** An `AbortSignal`. */
  readonly signal?: unknown
  /** The statuses that are not errors; by default all. */
  readonly validateStatus?: ((status: number) => boolean) | null
}

/** The parts of axios 1 that the adapter uses, so that this package does not depend on it. */
export interface Axios {
  /** The URL of a request, with `baseURL` and `params`. */
  getUri(config: object): string
  /** What is thrown for any fault other than an attestation fault. */
  readonly AxiosError: new (
    message: string,
    code: string,
    config: never,
    request: null,
    response?: never,
  ) => Error
}

/** An answer in the form that axios expects from an adapter. */
export interface AxiosAnswer {
  /** Text, or an `ArrayBuffer` for `responseType: 'arraybuffer'`. */
  data: unknown
  status: number
  statusText: string
  /** By their names in lower case. */
  headers: Record<string, string>
  config: never
  /** There is none: the native part sent the request. */
  request: null
}

/**
 * An adapter for `axios.create({ adapter: assayAdapter(axios, assay) })`: every request of that instance uses
 * `assay.fetch`. Attestation faults are thrown as `AssayError`, all others as `AxiosError`. Progress, `maxRedirects`
 * and proxies are ignored: a protected API's redirect is refused.
 */
export function assayAdapter(
  { getUri, AxiosError }: Axios,
  assay: Pick<Assay, 'fetch'>,
): (config: AxiosRequest) => Promise<AxiosAnswer> {
  return async (config) => {
    const as = config as never
    const { signal, done, isLate } = abortOf(config)
    let response: Response
    let data: unknown
    try {
      response = await assay.fetch(getUri(config), {
        method: (config.method ?? 'get').toUpperCase(),
        headers: fieldsOf(config.headers),
        ...(config.data !== undefined && config.data !== null && { body: config.data as BodyInit }),
        signal,
      })
      data = config.responseType === 'arraybuffer' ? await response.arrayBuffer() : await response.text()
    } catch (error) {
      if (isLate()) throw new AxiosError(`timeout of ${config.timeout}ms exceeded`, 'ECONNABORTED', as, null)
      if ((error as Error).name === 'AbortError') throw new AxiosError('canceled', 'ERR_CANCELED', as, null)
      // Misuse has its own code; an error of `fetch` without a code is a network error.
      if (error instanceof TypeError && !('code' in error)) {
        throw new AxiosError('Network Error', 'ERR_NETWORK', as, null)
      }
      throw error
    } finally {
      done()
    }
    const headers: Record<string, string> = {}
    response.headers.forEach((value, name) => (headers[name] = value))
    const { status, statusText } = response
    const answer = { data, status, statusText, headers, config: as, request: null }
    if (config.validateStatus && !config.validateStatus(status)) {
      const code = status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE'
      throw new AxiosError(`Request failed with status code ${status}`, code, as, null, answer as never)
    }
    return answer
  }
}

function fieldsOf(headers: AxiosRequest['headers']): Record<string, string> {
  const fields: Record<string, string> = {}
  const given = headers?.toJSON?.() ?? headers ?? {}
  for (const [name, value] of Object.entries(given)) {
    // `false` removes a default.
    if (value !== undefined && value !== null && value !== false) fields[name] = String(value)
  }
  return fields
}

/** One signal for aborts by the caller and for the timeout. */
function abortOf({ signal, timeout }: AxiosRequest) {
  const controller = new AbortController()
  let late = false
  const abort = () => controller.abort()
  const given = signal as AbortSignal | undefined
  if (given?.aborted) abort()
  given?.addEventListener('abort', abort)
  const timer = timeout
    ? setTimeout(() => {
        late = true
        abort()
      }, timeout)
    : undefined
  return {
    signal: controller.signal,
    isLate: () => late,
    done() {
      clearTimeout(timer)
      given?.removeEventListener('abort', abort)
    },
  }
}
