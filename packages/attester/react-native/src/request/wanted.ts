type FetchInput = Parameters<typeof globalThis.fetch>[0]

/** The arguments of `fetch`, unchanged: the URL is sent exactly as the caller gave it. */
export interface Wanted {
  /** Absolute `http` or `https`; `undefined` for what only the platform's own `fetch` understands. */
  readonly url: string | undefined
  readonly method: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly redirect: 'follow' | 'manual' | 'error'
  readonly body: unknown
  readonly signal: AbortSignal | undefined
}

/** The methods that `fetch` writes in upper case (Fetch, "normalize"). */
const normalized = /^(delete|get|head|options|post|put)$/i

export function readWanted(input: FetchInput, init: RequestInit): Wanted {
  // Neither a string nor a `URL` has a member `url`.
  const request = (input as Partial<Request>).url ? (input as Request) : undefined
  const url = request?.url ?? `${input as string | URL}`
  const method = init.method ?? request?.method ?? 'GET'
  const redirect = init.redirect ?? request?.redirect ?? 'follow'
  return {
    url: /^https?:\/\//i.test(url) ? url : undefined,
    method: normalized.test(method) ? method.toUpperCase() : method,
    headers: pairsOf(init.headers ?? request?.headers),
    redirect,
    body: init.body === undefined && request !== undefined ? request : init.body,
    signal: init.signal ?? request?.signal ?? undefined,
  }
}

/** The first value of a header, by its name in lower case. */
export function headerOf({ headers }: Wanted, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1]
}

function pairsOf(headers: unknown): [string, string][] {
  if (headers === undefined || headers === null) return []
  if (Array.isArray(headers)) {
    return headers.map((pair: readonly unknown[]) => [String(pair[0]), String(pair[1])])
  }
  const list = headers as Headers & Readonly<Record<string, string>>
  if (typeof list.forEach !== 'function') {
    return Object.keys(list).map((name) => [name, String((list as Readonly<Record<string, string>>)[name])])
  }
  const pairs: [string, string][] = []
  list.forEach((value, name) => pairs.push([name, value]))
  return pairs
}

/** A body as text or bytes, and its default media type. */
export interface SentBody {
  readonly text?: string
  readonly base64?: string
  readonly type?: string
}

/** A `Request` stays readable. @returns `unreadable` for a body that cannot cross the bridge */
export async function readBody(body: unknown): Promise<SentBody | 'unreadable' | undefined> {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return { text: body, type: 'text/plain;charset=UTF-8' }
  if (body instanceof ArrayBuffer) return { base64: encodeBase64(new Uint8Array(body)) }
  if (ArrayBuffer.isView(body)) {
    return { base64: encodeBase64(new Uint8Array(body.buffer, body.byteOffset, body.byteLength)) }
  }
  if (isRequest(body)) return readRequest(body)
  if (isSearchParams(body)) {
    return { text: String(body), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  }
  return 'unreadable'
}

/**
 * As bytes: React Native's `text()` takes any bytes for text, without an error. Where it cannot read a text as bytes,
 * U+FFFD is the sign that they were no text.
 */
async function readRequest(request: Request): Promise<SentBody | 'unreadable' | undefined> {
  if (/^(GET|HEAD)$/i.test(request.method)) return undefined
  // Fails at once if the body was read before.
  const [asBytes, asText] = [request.clone(), request.clone()]
  const bytes = await readable(() => asBytes.arrayBuffer())
  if (bytes?.byteLength === 0) return undefined
  if (bytes !== undefined) return { base64: encodeBase64(new Uint8Array(bytes)) }
  const text = await readable(() => asText.text())
  if (text === '') return undefined
  return text === undefined || text.includes('\ufffd') ? 'unreadable' : { text }
}

async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch {
    return undefined
  }
}

function isRequest(body: unknown): body is Request {
  return (
    typeof (body as Partial<Request>).text === 'function' &&
    typeof (body as Partial<Request>).url === 'string'
  )
}

function isSearchParams(body: unknown): body is URLSearchParams {
  return typeof URLSearchParams === 'function' && body instanceof URLSearchParams
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** RFC 4648 section 4. Not every Hermes has `btoa`. */
function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i] as number, bytes[i + 1], bytes[i + 2]]
    text += letters.charAt(a >> 2) + letters.charAt(((a & 3) << 4) | ((b ?? 0) >> 4))
    text += b === undefined ? '=' : letters.charAt(((b & 15) << 2) | ((c ?? 0) >> 6))
    text += c === undefined ? '=' : letters.charAt(c & 63)
  }
  return text
}

/** By the code of a letter: a search for each letter would hold up the only thread of an app. */
const values = Int8Array.from({ length: 128 }, (_, code) => letters.indexOf(String.fromCharCode(code)))

/** @returns empty for invalid base64 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/=+$/, '')
  const bytes = new Uint8Array((digits.length * 3) >> 2)
  let [held, bits, at] = [0, 0, 0]
  for (let i = 0; i < digits.length; i++) {
    const value = values[digits.charCodeAt(i)] ?? -1
    if (value < 0) return new Uint8Array(0)
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (held >> bits) & 255
  }
  return bytes
}
