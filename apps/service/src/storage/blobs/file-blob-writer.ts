import { createHash } from 'node:crypto'
import {
  closeSync,
  fdatasyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { threadId } from 'node:worker_threads'
import type { BlobWriter } from './blob-store.ts'
import { syncFolder } from './durable-file.ts'

/** A blob that is written where another process takes it over, which knows neither digest nor length in advance. */
export interface IncomingWriter {
  /** Name of its file among the incoming. */
  readonly file: string
  write(chunk: Uint8Array): void
  /** Closes the file; its bytes need not be on disk yet. Called once. */
  end(): void
}

/** @param incoming folder, which is there */
export function startIncoming(incoming: string): IncomingWriter {
  const { file, descriptor } = createIncoming(incoming)
  return {
    file: path.basename(file),
    write: (chunk) => writeAll(descriptor, chunk),
    end: () => closeSync(descriptor),
  }
}

/** Writes a blob under a name of its own first, since its digest is known only at the end. */
export function startFileBlob(folder: string, incoming: string): BlobWriter {
  const { file, descriptor } = createIncoming(incoming)
  const hash = createHash('sha256')
  let length = 0
  let ended = false
  const end = () => {
    ended = true
    closeSync(descriptor)
  }
  const checkNotEnded = () => {
    if (ended) throw Object.assign(new TypeError('the writer has ended'), { code: 'ERR_INVALID_STATE' })
  }
  return {
    write(chunk) {
      checkNotEnded()
      hash.update(chunk)
      writeAll(descriptor, chunk)
      length += chunk.length
    },
    commit() {
      checkNotEnded()
      const sha256 = hash.digest('hex')
      const place = path.join(folder, sha256.slice(0, 2))
      const target = path.join(place, sha256)
      if (refresh(target, length)) {
        end()
        unlinkSync(file)
      } else {
        fdatasyncSync(descriptor)
        end()
        renameSync(file, target)
      }
      // Also where the blob was there: anyone who wrote it may not have come as far as this.
      syncFolder(place)
      return sha256
    },
    abort() {
      if (ended) return
      end()
      rmSync(file, { force: true })
    },
  }
}

function writeAll(descriptor: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done)
}

let written = 0

function createIncoming(incoming: string): { file: string; descriptor: number } {
  for (;;) {
    written += 1
    const file = path.join(incoming, `${String(process.pid)}-${String(threadId)}-${String(written)}`)
    try {
      return { file, descriptor: openSync(file, 'wx', 0o600) }
    } catch (error) {
      // Left over from a process of the same number, or under way on another machine.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/**
 * Whether the blob is there, whole. It is then as new as if it had just been written, so that no sweep takes it before
 * a row names it. Its name appears only once its bytes are on disk.
 */
function refresh(target: string, length: number): boolean {
  const found = statSync(target, { throwIfNoEntry: false })
  if (found?.size !== length) return false
  const now = new Date()
  utimesSync(target, now, now)
  return true
}
