type Body = string | Uint8Array | FormData | Blob

/**
 * `Request` as React Native has it (whatwg-fetch 3.6), as far as a body is concerned: bytes read as text become one
 * character each, a form cannot be read, and a text or blob is read as bytes only where `FileReader` can do it.
 */
export class WhatwgRequest {
  readonly method = 'POST'
  readonly headers = new Headers()

  readonly url: string
  private readonly body: Body
  private readonly readsBytes: boolean

  constructor(url: string, body: Body, readsBytes = true) {
    this.url = url
    this.body = body
    this.readsBytes = readsBytes
  }

  clone(): WhatwgRequest {
    return new WhatwgRequest(this.url, this.body, this.readsBytes)
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.body instanceof Uint8Array) return new Uint8Array(this.body).buffer
    if (this.body instanceof FormData) throw new Error('could not read FormData body as blob')
    if (!this.readsBytes) throw new Error('FileReader.readAsArrayBuffer is not implemented')
    return new Blob([this.body]).arrayBuffer()
  }

  async text(): Promise<string> {
    if (this.body instanceof FormData) throw new Error('could not read FormData body as text')
    if (this.body instanceof Uint8Array) return String.fromCharCode(...this.body)
    return new Blob([this.body]).text()
  }
}
