export interface Answer {
  readonly status: number
  /** Parsed, if it is JSON. */
  readonly body: unknown
}

export interface CallOptions {
  /** An API key; null or left out: none. */
  readonly key?: string | null | undefined
  readonly type?: string | undefined
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined
}

/** Sends a request to the service. */
export type Ask = (method: string, path: string, options?: CallOptions) => Promise<Answer>

/** Asks the nodes of a service in turns. */
export function createAsk(urls: readonly string[]): Ask {
  let next = 0
  return async (method, path, { key, type = 'application/json', body } = {}) => {
    const url = urls[next % urls.length] as string
    next += 1
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(key === undefined || key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }
}
