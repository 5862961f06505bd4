import { existsSync } from 'node:fs'
import { appendFile, readFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * Adds files and folders with secrets to the `.gitignore` at the root of the working tree that they are in, unless a line of it
 * names them already. Paths outside a working tree are left alone.
 *
 * @param paths absolute
 * @returns the paths that were added
 * @throws Error of the file system
 */
export async function ignoreInGit(paths: readonly string[]): Promise<string[]> {
  const added: string[] = []
  for (const each of paths) {
    const root = workingTreeOf(path.dirname(each))
    if (root === undefined) continue
    const file = path.join(root, '.gitignore')
    const text = existsSync(file) ? await readFile(file, 'utf8') : ''
    const line = escaped(path.relative(root, each).split(path.sep).join('/'))
    const names = text.split(/\r?\n/).map((known) => known.trim().replace(/^\/|\/$/g, ''))
    if (names.includes(line)) continue
    await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}/${line}\n`)
    added.push(each)
  }
  return added
}

function workingTreeOf(folder: string): string | undefined {
  if (existsSync(path.join(folder, '.git'))) return folder
  const parent = path.dirname(folder)
  return parent === folder ? undefined : workingTreeOf(parent)
}

/** For a line of `.gitignore`, where some characters are patterns. */
function escaped(name: string): string {
  return name.replace(/[\\*?[\] ]/g, '\\$&')
}
