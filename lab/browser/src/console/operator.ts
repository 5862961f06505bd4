/** Sends requests to a service as its administrator. */
export function operatorOf(url: string, key: string) {
  return async <T>(
    method: string,
    path: string,
    body?: unknown,
    mediaType = 'application/json',
  ): Promise<T> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': mediaType }),
      },
      ...(body === undefined
        ? {}
        : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

export type Operator = ReturnType<typeof operatorOf>
