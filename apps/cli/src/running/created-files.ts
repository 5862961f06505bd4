import { existsSync } from 'node:fs'
import { mkdir, open, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { usageError } from '../faults/cli-error.ts'

/** Folders and files that a command creates, and can remove again if it fails. */
export interface CreatedFiles {
  /** Creates a folder and its missing parents. @throws CliError if something else is there */
  folder(folder: string, mode?: number): Promise<void>
  /** Creates a file that only its owner may read. @throws CliError if the file exists: nothing is overwritten */
  file(file: string, text: string): Promise<void>
  /** Removes what was created, except folders that are no longer empty and the files to `keep`. */
  takeBack(keep: readonly string[]): Promise<void>
}

export function createdFiles(): CreatedFiles {
  const folders: string[] = []
  const files: string[] = []
  return {
    async folder(folder, mode) {
      for (const missing of missingFolders(folder)) {
        await mkdir(missing, { mode })
        folders.unshift(missing)
      }
      if ((await stat(folder)).isDirectory()) return
      throw usageError('CLI_FILE_UNREADABLE', `${folder} is not a folder`, 'Check the path.')
    },
    async file(file, text) {
      if (existsSync(file)) {
        throw usageError(
          'CLI_EXISTS_ALREADY',
          `${file} is there already`,
          'Nothing is overwritten: choose another.',
        )
      }
      const created = await open(file, 'wx', 0o600)
      files.push(file)
      try {
        await created.writeFile(text)
        await created.sync()
        await created.chmod(0o600)
      } catch (error) {
        await rm(file, { force: true })
        throw error
      } finally {
        await created.close()
      }
    },
    async takeBack(keep) {
      for (const file of files) if (!keep.includes(file)) await rm(file, { force: true })
      for (const folder of folders) await rmdir(folder).catch(() => undefined)
    },
  }
}

/**
 * The uppermost first. Node's own `recursive` never returns on a file system that accepts no folders, such as `/proc`.
 */
function missingFolders(folder: string): string[] {
  return existsSync(folder) ? [] : [...missingFolders(path.dirname(folder)), folder]
}
