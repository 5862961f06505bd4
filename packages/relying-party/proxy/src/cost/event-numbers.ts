import { type FoundNumber, JsonNumbers, mergeFound } from './json-numbers.ts'

/** Bytes of one event that are kept until it is whole. In a longer one no number is looked for. */
const longestEvent = 1 << 20
const lineFeed = 0x0a
const carriageReturn = 0x0d
const data = Buffer.from('data:')

/**
 * Reads the numbers at some places of the JSON in server-sent events (HTML, section 9.2), as they pass: of each place
 * the largest one, since models that state their use on the way count up. It holds at most one event. Lines end with LF or CRLF; a
 * stream that uses CR alone has no events here.
 */
export class EventNumbers {
  /** As in {@link JsonNumbers}. */
  readonly found: (FoundNumber | undefined)[]
  readonly #paths: readonly (readonly string[])[]
  /** The last name of each path, as JSON has it: an event without any of them is not read. */
  readonly #names: readonly Buffer[]
  #rest: Buffer[] = []
  #restLength = 0
  #event: Buffer[] = []
  #eventLength = 0
  #isTooLong = false

  constructor(paths: readonly (readonly string[])[]) {
    this.#paths = paths
    this.#names = paths.map((path) => Buffer.from(path.at(-1) as string))
    this.found = paths.map(() => undefined)
  }

  read(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    let from = 0
    for (;;) {
      const end = bytes.indexOf(lineFeed, from)
      if (end === -1) break
      this.#line(this.#joined(bytes.subarray(from, end)))
      from = end + 1
    }
    // A copy: the piece belongs to the connection, and its memory is used again.
    if (from < bytes.length) this.#keepRest(Buffer.from(bytes.subarray(from)))
  }

  #keepRest(part: Buffer): void {
    this.#restLength += part.length
    if (this.#restLength + this.#eventLength > longestEvent) {
      this.#isTooLong = true
      this.#rest = []
    } else this.#rest.push(part)
  }

  #joined(end: Buffer): Buffer {
    if (this.#restLength === 0) return end
    const line = Buffer.concat([...this.#rest, end])
    this.#rest = []
    this.#restLength = 0
    return line
  }

  #line(line: Buffer): void {
    const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length
    if (end === 0 && !this.#isTooLong) return this.#endEvent()
    if (end === 0) {
      this.#isTooLong = false
      return this.#forgetEvent()
    }
    if (this.#isTooLong || line.compare(data, 0, data.length, 0, data.length) !== 0) return
    this.#eventLength += end
    if (this.#eventLength > longestEvent) this.#isTooLong = true
    else this.#event.push(Buffer.from(line.subarray(data.length, end)))
  }

  #forgetEvent(): void {
    this.#event = []
    this.#eventLength = 0
  }

  #endEvent(): void {
    const event = this.#event
    this.#forgetEvent()
    if (!event.some((line) => this.#names.some((name) => line.includes(name)))) return
    const numbers = new JsonNumbers(this.#paths)
    for (const line of event) numbers.read(line)
    if (!numbers.isWhole) return
    mergeFound(this.found, numbers.found)
  }
}
