import pc from 'picocolors'
import type { CliError } from './cli-error.ts'

/** Where a command writes. Results go to standard output, everything else to standard error. */
export interface Output {
  readonly json: boolean
  /** The result of a command: as JSON with `--json`, else as `text` says it. */
  result(value: unknown, text: () => string): void
  /** A line for a person; silent with `--json`. */
  note(line: string): void
  warn(line: string): void
  /** Shows `label` while work goes on, on terminals only. */
  progress(label: string): Progress
}

export interface Progress {
  update(done: number, total: number): void
  end(): void
}

export interface Streams {
  out: NodeJS.WritableStream
  err: NodeJS.WritableStream & { isTTY?: boolean }
}

export function createOutput(streams: Streams, json: boolean): Output {
  const colours = pc.createColors(streams.err.isTTY === true && pc.isColorSupported)
  return {
    json,
    result: (value, text) =>
      void streams.out.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`),
    note: (line) => {
      if (!json) streams.err.write(`${line}\n`)
    },
    warn: (line) => void streams.err.write(`${colours.yellow('warning:')} ${line}\n`),
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
      err.write(`\r${label} ${String(percent).padStart(3)} %`)
    },
    end: () => void err.write('\r\u001b[K'),
  }
}

/** Rows under their headings, columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd()
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** `name  value` lines, names padded to one width. */
export function fields(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / 1024 / 1024).toFixed(1)} MiB`
}

export function showError(streams: Streams, error: CliError, json: boolean): void {
  if (json) {
    const { code, message, hint, trace } = error
    streams.err.write(`${JSON.stringify({ error: { code, message, hint, trace } })}\n`)
    return
  }
  const colours = pc.createColors(streams.err.isTTY === true && pc.isColorSupported)
  streams.err.write(`${colours.red('error:')} ${error.message} [${error.code}]\n`)
  if (error.trace !== undefined) streams.err.write(`  trace: ${error.trace}\n`)
  if (error.hint !== undefined) streams.err.write(`  ${error.hint}\n`)
}
