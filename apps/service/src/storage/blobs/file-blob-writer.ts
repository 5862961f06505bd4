import { createHash } from 'node:crypto'
import {
  closeSync,
  fdatasync,
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
import { sha256HexPattern } from '@assay/protocol'
import type { BlobWriter } from './blob-store.ts'
import { syncFolder } from './durable-file.ts'

/** Writes a blob under a name of its own first, since its digest is known only at the end. */
export function startFileBlob(folder: string, incoming: string, digested: boolean): BlobWriter {
  const { file, descriptor } = createIncoming(incoming)
  const hash = digested ? undefined : createHash('sha256')
  let length = 0
  /** Bytes that are known to be on disk. */
  let durable = -1
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
      hash?.update(chunk)
      for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done)
      length += chunk.length
    },
    flush() {
      checkNotEnded()
      const written = length
      return new Promise((resolve, reject) => {
        fdatasync(descriptor, (error) => {
          if (error !== null) return reject(error)
          durable = written
          resolve()
        })
      })
    },
    commit(given) {
      checkNotEnded()
      const sha256 = hash?.digest('hex') ?? checkDigest(given)
      const place = path.join(folder, sha256.slice(0, 2))
      const target = path.join(place, sha256)
      if (refresh(target, length)) {
        end()
        unlinkSync(file)
      } else {
        if (durable !== length) fdatasyncSync(descriptor)
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

function checkDigest(digest: string | undefined): string {
  if (digest !== undefined && sha256HexPattern.test(digest)) return digest
  throw Object.assign(new TypeError('the digest must be a SHA-256 in hex'), { code: 'ERR_INVALID_ARG_VALUE' })
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
