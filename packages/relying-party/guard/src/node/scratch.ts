import { Buffer } from 'node:buffer'
import { decodeBase64urlInPlace, decodeUtf8 } from '@assay/protocol'

/**
 * Reusable memory for one text after another, because allocating it anew costs more than the work done in it. A result
 * is valid until the next use, so nobody may await in between.
 */
export class Scratch {
  readonly #bytes: Buffer

  /** @param longest Characters; a longer text gets its own memory. */
  constructor(longest: number) {
    // Each takes at most three bytes in UTF-8.
    this.#bytes = Buffer.allocUnsafeSlow(3 * longest)
  }

  /** The bytes of `text`. */
  write(text: string): Buffer {
    const bytes = this.#bytesFor(text)
    return bytes.subarray(0, bytes.write(text))
  }

  /** The bytes of strict base64url, if there are `length` of them. */
  decode(text: string, length: number): Buffer | undefined {
    const bytes = this.#bytesFor(text)
    return decodeBase64urlInPlace(bytes, bytes.write(text)) === length ? bytes.subarray(0, length) : undefined
  }

  /**
   * The text of strict base64url of well-formed UTF-8. Base64 is not decoded by `Buffer`: it is lenient, and its vector
   * code leaves the processor slower for the verification that follows.
   */
  decodeText(text: string): string | undefined {
    // As UTF-8, so that no non-ASCII character passes for one of the alphabet.
    const bytes = this.#bytesFor(text)
    const length = decodeBase64urlInPlace(bytes, bytes.write(text))
    if (length === undefined) return undefined
    let seen = 0
    for (let i = 0; i < length; i++) seen |= bytes[i] as number
    return seen < 0x80 ? bytes.toString('latin1', 0, length) : decodeUtf8(bytes.subarray(0, length))
  }

  #bytesFor(text: string): Buffer {
    return 3 * text.length <= this.#bytes.length ? this.#bytes : Buffer.allocUnsafeSlow(3 * text.length)
  }
}
