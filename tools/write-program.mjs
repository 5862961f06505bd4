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

/** Milliseconds. A running process may still load a file that the new program no longer has. */
const day = 86_400_000

/**
 * Updates the folder of a program while other processes may start, run or write it: a file is complete or absent, the entry
 * file comes last, and unchanged files are not touched.
 *
 * @param {string} folder
 * @param {ReadonlyMap<string, string>} files name to text; the last one is the entry file
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
