/** Deepest nesting that is read; what is deeper has no cost. */
const deepest = 64
/** Bytes of a member's name or a number that are kept; a longer one is none that is looked for. */
const longestToken = 256

const code = {
  quote: 0x22,
  backslash: 0x5c,
  openObject: 0x7b,
  closeObject: 0x7d,
  openArray: 0x5b,
  closeArray: 0x5d,
  comma: 0x2c,
  colon: 0x3a,
} as const

/** A number; `null`: the literal; `NaN`: anything else, or it came more than once. */
export type FoundNumber = number | null

interface Level {
  isArray: boolean
  /** The member that is read now; in an array its index. */
  token: string
  /** Whether a string that comes now is a member's name. */
  atName: boolean
}

/**
 * Adds what a later part of a stream states: the larger number counts, since models count up, and one that is none spoils
 * the place.
 */
export function mergeFound(
  found: (FoundNumber | undefined)[],
  later: readonly (FoundNumber | undefined)[],
): void {
  for (const [at, value] of later.entries()) {
    const known = found[at]
    if (value === undefined || (value === null && known !== undefined)) continue
    found[at] = typeof known === 'number' && value !== null ? Math.max(known, value) : value
  }
}

/**
 * Reads the numbers at some places of a JSON text as it passes, in pieces of any size. It holds the names on the way to
 * the present place and at most one short token, whatever the length of the text. It does not check that the text is
 * JSON beyond what it needs to know where it is: whoever gets it parses it.
 *
 * The items of an array are a stream of objects: places are those in each of them.
 */
export class JsonNumbers {
  /** By the index of its path; `undefined`: not there. */
  readonly found: (FoundNumber | undefined)[]
  /** The same, in the item that is read now. */
  readonly #item: (FoundNumber | undefined)[]
  readonly #paths: readonly (readonly string[])[]
  readonly #levels: Level[] = []
  #inString = false
  #escaped = false
  /** The string or literal that is read, if it is short enough to matter. */
  #token: number[] | undefined
  #isOver = false
  #isBroken = false

  constructor(paths: readonly (readonly string[])[]) {
    this.#paths = paths
    this.found = paths.map(() => undefined)
    this.#item = paths.map(() => undefined)
  }

  /** Whether the text was one whole object or array. */
  get isWhole(): boolean {
    return this.#isOver && !this.#isBroken
  }

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isBroken; at += 1) {
      if (this.#inString) at = this.#readString(bytes, at)
      else this.#readByte(bytes[at] as number)
    }
  }

  /** Reads on in a string, to its end or that of the piece. @returns the last place that was read */
  #readString(bytes: Uint8Array, from: number): number {
    // The text of an answer is mostly one long string: its end is looked for by native code.
    if (this.#token === undefined && !this.#escaped) {
      const quote = bytes.indexOf(code.quote, from)
      const end = quote === -1 ? bytes.length : quote
      const backslash = bytes.subarray(from, end).indexOf(code.backslash)
      if (backslash === -1) {
        if (quote !== -1) this.#endString()
        return end
      }
      this.#escaped = true
      return from + backslash
    }
    const byte = bytes[from] as number
    if (this.#escaped) this.#escaped = false
    else if (byte === code.backslash) this.#escaped = true
    else if (byte === code.quote) {
      this.#endString()
      return from
    }
    this.#keep(byte)
    return from
  }

  #readByte(byte: number): void {
    switch (byte) {
      case code.quote:
        if (this.#isOver) this.#isBroken = true
        this.#inString = true
        this.#token = this.#levels.at(-1)?.atName === true ? [] : undefined
        return
      case code.openObject:
      case code.openArray:
        this.#open(byte === code.openArray)
        return
      case code.closeObject:
      case code.closeArray:
        this.#endLiteral()
        this.#close(byte === code.closeArray)
        return
      case code.comma:
        this.#endLiteral()
        this.#next()
        return
      case code.colon: {
        const level = this.#levels.at(-1)
        if (level === undefined || level.isArray) this.#isBroken = true
        else level.atName = false
        return
      }
      default:
        if (byte <= 0x20) this.#endLiteral()
        else if (this.#isOver) this.#isBroken = true
        else {
          this.#token ??= []
          this.#keep(byte)
        }
    }
  }

  #keep(byte: number): void {
    if (this.#token !== undefined && this.#token.length < longestToken) this.#token.push(byte)
  }

  #endString(): void {
    this.#inString = false
    const level = this.#levels.at(-1)
    if (level?.atName === true) level.token = nameIn(this.#token ?? [])
    else this.#take(NaN)
    this.#token = undefined
  }

  #endLiteral(): void {
    if (this.#token === undefined) return
    const text = String.fromCharCode(...this.#token)
    this.#token = undefined
    if (text === 'null') this.#take(null)
    else this.#take(/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN)
  }

  #open(isArray: boolean): void {
    if (this.#isOver || this.#levels.length === deepest) {
      this.#isBroken = true
      return
    }
    this.#take(NaN)
    this.#levels.push({ isArray, token: isArray ? '0' : '', atName: !isArray })
  }

  #close(isArray: boolean): void {
    if (this.#levels.pop()?.isArray !== isArray) this.#isBroken = true
    if (this.#levels.length > 0) return
    this.#isOver = true
    this.#endItem()
  }

  #next(): void {
    const level = this.#levels.at(-1)
    if (level === undefined) this.#isBroken = true
    else if (!level.isArray) level.atName = true
    else if (this.#levels.length > 1) level.token = String(Number(level.token) + 1)
    else this.#endItem()
  }

  /** Of the array around all of it, or the whole text. */
  #endItem(): void {
    mergeFound(this.found, this.#item)
    this.#item.fill(undefined)
  }

  /** A value begins or ends at the present place. */
  #take(value: FoundNumber): void {
    const levels = this.#levels
    const from = levels[0]?.isArray === true ? 1 : 0
    for (let index = 0; index < this.#paths.length; index += 1) {
      const path = this.#paths[index] as readonly string[]
      if (path.length !== levels.length - from) continue
      if (!path.every((token, depth) => levels[depth + from]?.token === token)) continue
      this.#item[index] = this.#item[index] === undefined ? value : NaN
    }
  }
}

/** A name as JSON writes it, unescaped. One that is cut or malformed is no name that is looked for. */
function nameIn(bytes: readonly number[]): string {
  const text = new TextDecoder().decode(Uint8Array.from(bytes))
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return '\uFFFD'
  }
}
