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

/** A blob that another process takes over once it is written; neither its digest nor its length is known in advance. */
export interface IncomingWriter {
  /** Name of its file among the incoming ones. */
  readonly file: string
  write(chunk: Uint8Array): void
  /** Closes the file; its bytes need not be on disk yet. Called once. */
  end(): void
}

/** @param incoming folder, which must exist */
export function startIncoming(incoming: string): IncomingWriter {
  const { file, descriptor } = createIncoming(incoming)
  return {
    file: path.basename(file),
    write: (chunk) => writeAll(descriptor, chunk),
    end: () => closeSync(descriptor),
  }
}

/** Writes a blob under a temporary name first, since its digest is known only at the end. */
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
      // Even if the blob existed: its writer may not have got this far.
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
      // Left over from a process with the same number, or under way on another machine.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/**
 * Whether the blob exists and is complete. If so it becomes as new as if it had just been written, so that no sweep
 * takes it before a row names it. Its name appears only once its bytes are on disk.
 */
function refresh(target: string, length: number): boolean {
  const found = statSync(target, { throwIfNoEntry: false })
  if (found?.size !== length) return false
  const now = new Date()
  utimesSync(target, now, now)
  return true
}
