/** Shortest run of characters worth checking: no credential is shorter. */
const shortest = 12
/** Longer runs are passed on in overlapping pieces, so that a credential at a seam is complete in one of them. */
const longest = 64 * 1024
const overlap = 2048

const printable = new Uint8Array(256)
for (let byte = 0x20; byte < 0x7f; byte++) printable[byte] = 1
for (const blank of [0x09, 0x0a, 0x0d]) printable[blank] = 1

/**
 * Finds runs of printable ASCII in bytes that come in chunks, in single bytes and in UTF-16LE.
 *
 * The length that compiled formats (dex, resource tables, binary XML) write before a string is removed: read as a
 * letter in front of a credential, it would hide the credential from rules that look for the start of a word.
 */
export class PrintableStrings {
  readonly #single: RunCollector
  readonly #wide: WideRuns | undefined

  /** @param wide whether to look for UTF-16LE too. */
  constructor(found: (text: string) => void, wide: boolean) {
    this.#single = new RunCollector((run, before) => found(withoutLength(run, before)))
    this.#wide = wide ? new WideRuns((run) => found(withoutLength(run, 0))) : undefined
  }

  add(chunk: Uint8Array): void {
    this.#single.add(chunk)
    this.#wide?.add(chunk)
  }

  end(): void {
    this.#single.end()
    this.#wide?.end()
  }
}

class RunCollector {
  readonly #found: (run: string, before: number) => void
  #pending = ''
  #before = 0

  constructor(found: (run: string, before: number) => void) {
    this.#found = found
  }

  add(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    let start = 0
    for (let at = 0; at < bytes.length; at++) {
      if (printable[bytes[at] as number] === 1) continue
      if (at > start) this.#take(bytes, start, at)
      if (this.#pending !== '') this.#emit()
      this.#before = bytes[at] as number
      start = at + 1
    }
    if (start < bytes.length) this.#take(bytes, start, bytes.length)
  }

  end(): void {
    this.#emit()
  }

  #take(bytes: Buffer, start: number, end: number): void {
    if (this.#pending === '' && end < bytes.length && end - start < shortest) return
    this.#pending += bytes.toString('latin1', start, end)
    while (this.#pending.length > longest) {
      this.#found(this.#pending.slice(0, longest), this.#before)
      this.#pending = this.#pending.slice(longest - overlap)
    }
  }

  #emit(): void {
    if (this.#pending.length >= shortest) this.#found(this.#pending, this.#before)
    this.#pending = ''
  }
}

/** Runs of printable characters with a zero byte after each. */
class WideRuns {
  readonly #found: (text: string) => void
  #characters: number[] = []
  /** Whether the previous byte was printable and its zero byte is still to come. */
  #awaitsZero = false

  constructor(found: (text: string) => void) {
    this.#found = found
  }

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (this.#awaitsZero && byte === 0) {
        this.#awaitsZero = false
        continue
      }
      if (this.#awaitsZero) {
        this.#characters.pop()
        if (this.#characters.length > 0) this.#emit()
        this.#awaitsZero = false
      }
      if (printable[byte] === 1) {
        this.#characters.push(byte)
        this.#awaitsZero = true
        if (this.#characters.length > longest) this.#emit(overlap)
      } else if (this.#characters.length > 0) {
        this.#emit()
      }
    }
  }

  end(): void {
    if (this.#awaitsZero) this.#characters.pop()
    this.#emit()
  }

  #emit(kept = 0): void {
    if (this.#characters.length >= shortest) this.#found(Buffer.from(this.#characters).toString('latin1'))
    this.#characters = kept === 0 ? [] : this.#characters.slice(-kept)
  }
}

/**
 * Removes a length byte (dex, up to 127 characters), its second byte (longer ones), or two equal ones (resources).
 */
function withoutLength(run: string, before: number): string {
  const first = run.charCodeAt(0)
  if (first === run.length - 1) return run.slice(1)
  if (first === run.length - 2 && run.charCodeAt(1) === first) return run.slice(2)
  if (before >= 0x80 && ((first << 7) | (before & 0x7f)) === run.length - 1) return run.slice(1)
  return run
}
