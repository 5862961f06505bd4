/** Which of the reader's terminals: commands in the first are waited for, what the others start goes on running. */
export type TerminalName = 'first' | 'second' | 'third' | 'fourth'

/** One step of a guide. `line` is its line, counted from 1. */
export type Step =
  | { kind: 'shell'; line: number; terminal: TerminalName; text: string; shows: readonly string[] }
  | { kind: 'file'; line: number; name: string; text: string }
  | { kind: 'open'; line: number; url: string; shows: readonly string[] }
  | { kind: 'stop'; line: number; terminal: TerminalName }

interface Block {
  line: number
  language: string
  lines: string[]
  /** The last line of text before it. */
  lead: string
}

interface Page {
  line: number
  url: string
}

interface Stop {
  line: number
  terminal: TerminalName
}

const fence = /^```(\S*)$/
const elsewhere = /\bin (?:a|the) (second|third|fourth) terminal\b.*:$/i
const fileName = /^(?:\/\/|#|<!--) ([A-Za-z0-9._/+-]+\.[a-z]+)(?: -->)?$/
const opening = /^Open <(https?:\/\/[^>\s]+)>/
const stopping = /^Press Ctrl-C in the (second|third|fourth) terminal\b/
const neverRun: ReadonlySet<string> = new Set(['', 'http'])

/**
 * The steps of a guide, in order:
 *
 * - a block `sh` is typed into the first terminal, or into the one that the line before it names (`… in a second
 *   terminal:`);
 * - a block whose first line is a comment with a file name is saved under that name;
 * - a line that starts with `Open <URL>` is a page opened in a browser;
 * - a line that starts with `Press Ctrl-C in the second terminal` ends what runs there;
 * - a block `text` right after a block `sh` or a page is what it shows.
 *
 * Blocks without language, and those of other languages that name no file, are there to be read.
 *
 * @throws Error for a block `text` that follows nothing, and for one that is not closed
 */
export function parseGuide(markdown: string): Step[] {
  const steps: Step[] = []
  for (const part of partsOf(markdown)) {
    if ('url' in part) steps.push({ kind: 'open', ...part, shows: [] })
    else if ('terminal' in part) steps.push({ kind: 'stop', ...part })
    else if (part.language === 'text') attach(steps, part)
    else steps.push(...stepOf(part))
  }
  return steps
}

function* partsOf(markdown: string): Generator<Block | Page | Stop> {
  let block: Block | undefined
  let lead = ''
  for (const [index, line] of markdown.split('\n').entries()) {
    const language = fence.exec(line)?.[1]
    if (block !== undefined) {
      if (language === undefined) block.lines.push(line)
      else {
        yield block
        block = undefined
        lead = ''
      }
    } else if (language !== undefined) {
      block = { line: index + 1, language, lines: [], lead }
    } else {
      const url = opening.exec(line)?.[1]
      if (url !== undefined) yield { line: index + 1, url }
      const terminal = stopping.exec(line)?.[1] as TerminalName | undefined
      if (terminal !== undefined) yield { line: index + 1, terminal }
      if (line.trim() !== '') lead = line.trim()
    }
  }
  if (block !== undefined) throw new Error(`line ${block.line}: the block is not closed`)
}

function stepOf({ line, language, lines, lead }: Block): Step[] {
  if (neverRun.has(language)) return []
  const text = `${lines.join('\n')}\n`
  const first = lines[0] ?? ''
  if (language === 'sh') {
    const terminal = (elsewhere.exec(lead)?.[1] ?? 'first') as TerminalName
    return [{ kind: 'shell', line, terminal, text, shows: [] }]
  }
  const name = fileName.exec(first)?.[1]
  return name === undefined ? [] : [{ kind: 'file', line, name, text }]
}

function attach(steps: Step[], { line, lines }: Block): void {
  const last = steps.at(-1)
  if (last === undefined || !('shows' in last) || last.shows.length > 0) {
    throw new Error(`line ${line}: nothing before it shows this text`)
  }
  last.shows = lines
}
