import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

/** Milliseconds. A process that is running may yet load a file that the program of today does not have. */
const day = 86_400_000

/**
 * Brings the folder of a program up to date while others may be starting it, running it or writing it too: a file is there
 * whole or not at all, the one that they start comes last, and what is the same is not touched.
 *
 * @param {string} folder
 * @param {ReadonlyMap<string, string>} files name to text; the last one is what is started
 * @param {number} now milliseconds since 1970
 */
export function writeProgram(folder, files, now) {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of files) {
    const file = path.join(folder, name)
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
    const growing = `${file}.${process.pid}`
    writeFileSync(growing, text)
    renameSync(growing, file)
  }
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name)
    const found = files.has(name) ? undefined : statSync(file, { throwIfNoEntry: false })
    if (found !== undefined && found.mtimeMs < now - day) rmSync(file, { force: true })
  }
}
