import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A file system in memory, where there is one: writing a file takes longer than parsing it. */
const inMemory = '/dev/shm'

/** For parsers that read files: a function that makes one file hold the given bytes, and returns where it stands. */
export function temporaryFile(name: string): (bytes: Uint8Array) => string {
  const parent = existsSync(inMemory) ? inMemory : os.tmpdir()
  const folder = mkdtempSync(path.join(parent, 'assay-fuzz-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, name)
  return (bytes) => {
    writeFileSync(file, bytes)
    return file
  }
}
