import { readFileSync, truncateSync } from 'node:fs'
import { ProxyConfigError } from '../../faults/config-error.ts'
import { type JournalEntry, valueOf } from './lines.ts'

/** The first line of a journal. */
export interface JournalHeader {
  readonly format: 'assay-meter-journal'
  readonly version: 1
  readonly kinds: readonly JournalKind[]
}

/** A kind of account, by the names of what it counts: an entry states its place in this list. */
export interface JournalKind {
  readonly route: string
  readonly scope: string
  readonly limits: readonly string[]
}

export interface ReadJournal {
  readonly header: JournalHeader
  readonly entries: Iterable<JournalEntry>
  /** Bytes at the end that no whole line had. */
  readonly cut: number
}

/**
 * Reads a journal. An end that was not written whole, as a loss of power leaves it, is cut off; damage before the end is
 * not passed over, because what it counted would be forgotten.
 *
 * @returns `undefined` if there is no such file
 * @throws ProxyConfigError (`PROXY_JOURNAL_UNREADABLE`)
 */
export function readJournal(file: string): ReadJournal | undefined {
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable('it cannot be read')
  }
  const values: unknown[] = []
  let end = 0
  let damagedAt: number | undefined
  for (let from = 0; from < text.length;) {
    const lineEnd = text.indexOf('\n', from)
    const line = lineEnd === -1 ? undefined : text.slice(from, lineEnd)
    const value = line === undefined ? undefined : valueOf(Buffer.from(line, 'latin1').toString())
    if (value === undefined) damagedAt ??= from
    else if (damagedAt !== undefined) throw unreadable('it is damaged before its end')
    else {
      values.push(value)
      end = lineEnd + 1
    }
    from = lineEnd === -1 ? text.length : lineEnd + 1
  }
  const header = headerOf(values[0])
  if (end < text.length) truncateSync(file, end)
  return { header, entries: entriesOf(values.slice(1)), cut: text.length - end }
}

function headerOf(value: unknown): JournalHeader {
  const { format, version, kinds } = (value ?? {}) as Partial<Record<keyof JournalHeader, unknown>>
  if (format !== 'assay-meter-journal') throw unreadable('it does not begin as a journal does')
  if (version !== 1 || !Array.isArray(kinds)) throw unreadable('it is of another version')
  return value as JournalHeader
}

function* entriesOf(values: readonly unknown[]): IterableIterator<JournalEntry> {
  for (const value of values) yield* value as JournalEntry[]
}

export function unreadable(why: string): ProxyConfigError {
  return new ProxyConfigError('PROXY_JOURNAL_UNREADABLE', `The journal of the meter cannot be used: ${why}`)
}
