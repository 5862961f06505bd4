import { decodeStrictUtf8 } from '@assay/codec/text'
import { VendorError } from './vendor-error.ts'

export interface VendorRequest {
  url: string
  method: 'GET' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: string
  /** Milliseconds until the last byte of the answer. */
  timeout: number
  /** Bytes of the answer's content, decompressed. */
  longest: number
}

export interface VendorAnswer {
  status: number
  headers: Headers
  text: string
}

/**
 * Puts one question to a vendor. The answer is returned whatever its status. Redirects are not followed: what is sent
 * is for this vendor only, and nobody else speaks for it.
 *
 * @throws VendorError `VENDOR_UNREACHABLE`, `VENDOR_TIMEOUT`, `VENDOR_REDIRECT`, `VENDOR_TOO_LARGE`,
 * `VENDOR_NONSENSE` for
 *   an answer that is not UTF-8
 */
export async function askVendor(
  fetch: typeof globalThis.fetch,
  request: VendorRequest,
): Promise<VendorAnswer> {
  const { url, method, headers = {}, body, timeout, longest } = request
  const signal = AbortSignal.timeout(timeout)
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    })
    const text = textOf(await readContent(response, longest))
    if (isRedirect(response)) throw new VendorError('VENDOR_REDIRECT')
    return { status: response.status, headers: response.headers, text }
  } catch (cause) {
    if (cause instanceof VendorError) throw cause
    throw new VendorError(signal.aborted ? 'VENDOR_TIMEOUT' : 'VENDOR_UNREACHABLE', { cause })
  }
}

/** The JSON value of an answer. @throws VendorError `VENDOR_NONSENSE` */
export function jsonOf({ text }: Pick<VendorAnswer, 'text'>): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the text, and no log may contain what a vendor says about somebody.
    throw new VendorError('VENDOR_NONSENSE')
  }
}

/** 304 is not a redirect: nothing has moved. */
function isRedirect({ status, type }: Response): boolean {
  return type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status)
}

async function readContent({ body }: Response, longest: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  if (body === null) return Buffer.concat(pieces)
  let length = 0
  // Leaving the loop cancels the rest.
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    length += piece.length
    if (length > longest) throw new VendorError('VENDOR_TOO_LARGE')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function textOf(content: Uint8Array): string {
  const text = decodeStrictUtf8(content)
  if (text === undefined) throw new VendorError('VENDOR_NONSENSE')
  return text
}
