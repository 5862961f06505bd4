import { Buffer } from 'node:buffer'
import { decodeBase64urlInPlace, decodeUtf8 } from '@assay/protocol'

/**
 * Memory through which one text after another passes, because allocating it anew costs more than what is done in it.
 * What it hands out holds until it is used again, so nobody may wait in between.
 */
export class Scratch {
  readonly #bytes: Buffer

  /** @param longest Characters; a longer text gets memory of its own. */
  constructor(longest: number) {
    // In UTF-8 each takes three bytes at most.
    this.#bytes = Buffer.allocUnsafeSlow(3 * longest)
  }

  /** The bytes of `text`. */
  write(text: string): Buffer {
    const bytes = this.#bytesFor(text)
    return bytes.subarray(0, bytes.write(text))
  }

  /** The bytes that strict base64url stands for, if there are `length` of them. */
  decode(text: string, length: number): Buffer | undefined {
    const bytes = this.#bytesFor(text)
    return decodeBase64urlInPlace(bytes, bytes.write(text)) === length ? bytes.subarray(0, length) : undefined
  }

  /**
   * The text that strict base64url of well-formed UTF-8 stands for. Base64 not by `Buffer`: it is lenient, and its vector
   * code leaves the processor slower for the verification that follows.
   */
  decodeText(text: string): string | undefined {
    // As UTF-8, so that no character outside ASCII passes for one of the alphabet.
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
