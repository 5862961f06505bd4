import type { CliError } from '../faults/cli-error.ts'
import { coloursFor, printable, type Colours, type Environment, type Streams } from './terminal.ts'

/** Where a command writes. Results go to standard output, everything else to standard error. */
export interface Output {
  readonly json: boolean
  /** For results that a person reads. */
  readonly colours: Colours
  /** The result of a command: JSON with `--json`, otherwise what `text` returns. */
  result(value: unknown, text: () => string): void
  /** One of many results that arrive over time: a line of JSON with `--json`, otherwise a line of text. */
  item(value: unknown, text: () => string): void
  /** Lines for a person; silent with `--json`. */
  note(line: string): void
  warn(line: string): void
  /** A question to a person, who answers on the same line. */
  prompt(question: string): void
  /** Shows `label` while work goes on, on terminals only. */
  progress(label: string): Progress
}

export interface Progress {
  update(done: number, total: number): void
  end(): void
}

export function createOutput(streams: Streams, env: Environment, json: boolean): Output {
  const colours = coloursFor(streams.err, env, json)
  return {
    json,
    colours: coloursFor(streams.out, env, json),
    result: (value, text) =>
      void streams.out.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`),
    item: (value, text) => void streams.out.write(`${json ? JSON.stringify(value) : text()}\n`),
    note: (line) => {
      if (!json) streams.err.write(`${line.split('\n').map(printable).join('\n')}\n`)
    },
    warn: (line) => void streams.err.write(`${colours.yellow('warning:')} ${printable(line)}\n`),
    prompt: (question) => void streams.err.write(printable(question)),
    progress: (label) => createProgress(streams.err, label, json),
  }
}

function createProgress(err: Streams['err'], label: string, json: boolean): Progress {
  if (json || err.isTTY !== true) return { update: () => undefined, end: () => undefined }
  let shown = -1
  return {
    update: (done, total) => {
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
      if (percent === shown) return
      shown = percent
      err.write(`\r${printable(label)} ${String(percent).padStart(3)} %`)
    },
    end: () => void err.write('\r\u001b[K'),
  }
}

/** Rows under their headings, columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable))
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd()
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n')
}

/** `name  value` lines, names padded to one width. */
export function fields(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`).join('\n')
}

/** `text` in lines of at most `width` characters, each indented. A word that is longer stays whole. */
export function paragraph(text: string, indent: string, width = 100): string {
  const lines: string[] = []
  let line = ''
  for (const word of printable(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width - indent.length) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((one) => indent + one).join('\n')
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / 1024 / 1024).toFixed(1)} MiB`
}

export function showError(streams: Streams, env: Environment, error: CliError, json: boolean): void {
  if (json) {
    const { code, message, hint, trace, errors } = error
    streams.err.write(`${JSON.stringify({ error: { code, message, hint, trace, errors } })}\n`)
    return
  }
  const colours = coloursFor(streams.err, env, json)
  streams.err.write(`${colours.red('error:')} ${printable(error.message)} [${printable(error.code)}]\n`)
  if (error.trace !== undefined)
    streams.err.write(`  trace in the log of the service: ${printable(error.trace)}\n`)
  if (error.hint !== undefined) streams.err.write(`  ${printable(error.hint)}\n`)
}
