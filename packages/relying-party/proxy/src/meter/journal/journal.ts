import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type JournalEntry, lineOf } from './lines.ts'
import { lockJournal } from './lock.ts'
import {
  type JournalHeader,
  type JournalKind,
  readJournal,
  type ReadJournal,
  unreadable,
} from './read-journal.ts'

/** Bytes from which on a journal is written anew, unless what it must hold takes a quarter of its length. */
const compactedFrom = 8 * 1024 * 1024
/** Entries that are written at a stretch while it is written anew. */
const batch = 1_000

const [dataToDisk, fileToDisk] = [promisify(fdatasync), promisify(fsync)]

/** A file that is being written: what is beyond `size` is not part of it. */
interface Written {
  readonly fd: number
  size: number
}

/**
 * The counts of the meter in memory, on disk: each change is written before its request is sent, so a process that is
 * killed refunds nothing, and brought to the disk each second, so a machine that loses power refunds a second at most.
 * Its length is bounded: it is written anew, while it is used, when it has grown to four times what it holds.
 */
export class MeterJournal {
  /** Its contents when it was opened; `undefined`: there was none. */
  readonly found: ReadJournal | undefined
  readonly #file: string
  readonly #release: () => void
  #kinds: readonly JournalKind[] = []
  #all: () => Iterable<JournalEntry> = () => []
  #current: Written | undefined
  /** The next file, while it is written. */
  #next: Written | undefined
  #compactAt = compactedFrom
  #isSynced = true
  /** A sync has failed, so what was written may not be on the disk: nothing more is counted before it is written anew. */
  #isLost = false
  /** Changes that could not be written, by kind and subject: they come with the next one. */
  readonly #unsaved = new Map<string, JournalEntry>()
  #hasFailed = false
  #isWorking = false

  private constructor(file: string, release: () => void, found: ReadJournal | undefined) {
    this.#file = file
    this.#release = release
    this.found = found
  }

  /**
   * Takes the journal for this process, and reads it.
   *
   * @throws ProxyConfigError (`PROXY_JOURNAL_LOCKED`, `PROXY_JOURNAL_UNREADABLE`)
   */
  static open(file: string): MeterJournal {
    const release = lockJournal(`${file}.lock`)
    try {
      return new MeterJournal(file, release, readJournal(file))
    } catch (error) {
      release()
      throw error
    }
  }

  /**
   * Writes it anew, as the rules are now, and counts from there.
   *
   * @param all the state of everything
   * @throws ProxyConfigError (`PROXY_JOURNAL_UNREADABLE`)
   */
  begin(kinds: readonly JournalKind[], all: () => Iterable<JournalEntry>): void {
    this.#kinds = kinds
    this.#all = all
    try {
      const next = this.#create()
      for (const entries of batched(all())) put(next, lineOf(entries))
      fsyncSync(next.fd)
      this.#replaceBy(next)
    } catch {
      throw unreadable('it cannot be written')
    }
  }

  /** @returns false if it could not be written: nothing of the change counts then, and nothing may be sent */
  append(entries: readonly JournalEntry[]): boolean {
    const current = this.#current
    if (current === undefined || this.#isLost) return false
    this.#hasFailed = true
    const line = lineOf(this.#unsaved.size === 0 ? entries : [...this.#unsaved.values(), ...entries])
    try {
      put(current, line)
    } catch {
      return false
    }
    this.#unsaved.clear()
    this.#hasFailed = false
    this.#isSynced = false
    if (this.#next !== undefined)
      try {
        put(this.#next, line)
      } catch {
        this.#abandon()
      }
    return true
  }

  /** Whether a change can be written: after one that could not, an empty one is tried. */
  isWritable(): boolean {
    return !this.#hasFailed || this.append([])
  }

  /** For a change that has happened already: if it cannot be written now, it is with the next one. */
  note(entries: readonly JournalEntry[]): void {
    if (this.append(entries)) return
    for (const entry of entries) this.#unsaved.set(`${entry[0]} ${entry[1] ?? ''}`, entry)
  }

  /** To be called each second. */
  async tick(): Promise<void> {
    if (this.#isWorking || this.#current === undefined) return
    this.#isWorking = true
    try {
      if (this.#unsaved.size > 0) this.append([])
      await this.#sync(this.#current)
      if (this.#isLost || this.#current.size > this.#compactAt) await this.#compact()
    } finally {
      this.#isWorking = false
    }
  }

  close(): void {
    if (this.#unsaved.size > 0) this.append([])
    this.#abandon()
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) {
      try {
        fdatasyncSync(current.fd)
      } catch {
        // It has ended: nothing more can be done for what is lost.
      }
      closeSync(current.fd)
    }
    this.#release()
  }

  async #sync({ fd }: Written): Promise<void> {
    if (this.#isSynced) return
    this.#isSynced = true
    try {
      await dataToDisk(fd)
    } catch {
      // A second sync would not write again what the disk did not take.
      this.#isLost = true
    }
  }

  async #compact(): Promise<void> {
    try {
      const next = (this.#next = this.#create())
      for (const entries of batched(this.#all())) {
        put(next, lineOf(entries))
        await nextTick()
        if (this.#next !== next) return
      }
      await fileToDisk(next.fd)
      if (this.#next === next) this.#replaceBy(next)
    } catch {
      // The one in use goes on.
      this.#abandon()
      this.#compactAt = (this.#current?.size ?? 0) + compactedFrom
    }
  }

  #create(): Written {
    const fd = openSync(this.#temporary, 'w', 0o600)
    const written = { fd, size: 0 }
    const header: JournalHeader = { format: 'assay-meter-journal', version: 1, kinds: this.#kinds }
    put(written, lineOf(header))
    return written
  }

  #replaceBy(next: Written): void {
    renameSync(this.#temporary, this.#file)
    const folder = openSync(path.dirname(this.#file), 'r')
    fsyncSync(folder)
    closeSync(folder)
    if (this.#current !== undefined) closeSync(this.#current.fd)
    this.#current = next
    this.#next = undefined
    this.#isLost = false
    this.#compactAt = Math.max(compactedFrom, 4 * next.size)
  }

  #abandon(): void {
    const next = this.#next
    this.#next = undefined
    if (next === undefined) return
    closeSync(next.fd)
    rmSync(this.#temporary, { force: true })
  }

  get #temporary(): string {
    return `${this.#file}.next`
  }
}

/** Writes all of the line or, as far as the file is read, nothing. @throws if the disk is full */
function put(to: Written, line: string): void {
  const bytes = Buffer.from(line)
  let done = 0
  try {
    while (done < bytes.length) done += writeSync(to.fd, bytes, done, bytes.length - done, to.size + done)
  } catch (error) {
    if (done > 0) ftruncateSync(to.fd, to.size)
    throw error
  }
  to.size += bytes.length
}

function* batched(all: Iterable<JournalEntry>): IterableIterator<JournalEntry[]> {
  let entries: JournalEntry[] = []
  for (const entry of all) {
    if (entries.push(entry) < batch) continue
    yield entries
    entries = []
  }
  if (entries.length > 0) yield entries
}
