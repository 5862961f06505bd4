/** A run of attributes up to and including the empty line that ends it. */
export interface JarSection {
  /** Value of the first attribute if that is `Name`: the entry that an individual section speaks of. */
  readonly name: string | undefined
  /** Offset of the first byte. */
  readonly start: number
  /** Offset after the last byte, the empty line included: what a digest of the section covers ends here. */
  readonly end: number
  /** One attribute each, continuation lines joined: Latin-1 of the file's bytes. `attributeOf` reads them. */
  readonly lines: readonly string[]
}

/** A manifest or signature file: its main section, if it has any, and one section per entry. */
export interface JarSections {
  readonly main: JarSection | undefined
  readonly individual: readonly JarSection[]
}

/**
 * Splits a manifest or a signature file into sections. Lines end with CR, LF or CR LF; a line that begins with a space
 * continues the one before it, whatever its length. Nothing is refused: odd sections have odd names and no digests.
 */
export function parseJarSections(file: Uint8Array): JarSections {
  // One character per byte, so that offsets in the text are offsets in the file.
  const reader = new LineReader(asBuffer(file).toString('latin1'))
  const sections: JarSection[] = []
  while (reader.next()) if (!reader.isEmpty) sections.push(readSection(reader))
  return { main: sections[0], individual: sections.slice(1) }
}

/** The value of an attribute, its name given in lower case; the first one counts if it occurs twice. */
export function attributeOf({ lines }: JarSection, lowerCaseName: string): string | undefined {
  for (const line of lines) {
    const delimiter = nameEnd(line)
    if (delimiter !== lowerCaseName.length) continue
    if (line.slice(0, delimiter).toLowerCase() === lowerCaseName) return line.slice(delimiter + 2)
  }
  return undefined
}

// Spaces around name and value are kept, because obfuscators rely on them; a line without delimiter is all name.
function nameEnd(line: string): number {
  const delimiter = line.indexOf(': ')
  return delimiter === -1 ? line.length : delimiter
}

// The first line of the section has been read.
function readSection(reader: LineReader): JarSection {
  const { start } = reader
  const lines: string[] = []
  let line = reader.text()
  while (reader.next() && !reader.isEmpty) {
    if (reader.isContinuation) {
      line += reader.text().slice(1)
      continue
    }
    lines.push(line)
    line = reader.text()
  }
  lines.push(line)
  return { name: nameOf(lines[0] as string), start, end: reader.end, lines }
}

function nameOf(firstLine: string): string | undefined {
  if (nameEnd(firstLine) !== 4 || firstLine.slice(0, 4).toLowerCase() !== 'name') return undefined
  return fromLatin1(firstLine.slice(6))
}

function fromLatin1(latin1: string): string {
  return isAscii(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8')
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false
  return true
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

const carriageReturn = 0x0d
const lineFeed = 0x0a
const space = 0x20

/** Walks the lines of a text; what it says is of the line that `next` moved to. */
class LineReader {
  start = 0
  /** Offset after the line and its terminator. */
  end = 0
  private textEnd = 0
  private readonly source: string

  constructor(source: string) {
    this.source = source
  }

  /** Moves to the next line, or returns false at the end of the file. */
  next(): boolean {
    const { source } = this
    this.start = this.end
    if (this.start >= source.length) return false
    let at = this.start
    while (at < source.length && !isTerminator(source.charCodeAt(at))) at++
    this.textEnd = at
    const twoOctets = source.charCodeAt(at) === carriageReturn && source.charCodeAt(at + 1) === lineFeed
    this.end = Math.min(at + (twoOctets ? 2 : 1), source.length)
    return true
  }

  get isEmpty(): boolean {
    return this.textEnd === this.start
  }

  get isContinuation(): boolean {
    return this.source.charCodeAt(this.start) === space
  }

  text(): string {
    return this.source.slice(this.start, this.textEnd)
  }
}

function isTerminator(code: number): boolean {
  return code === carriageReturn || code === lineFeed
}
