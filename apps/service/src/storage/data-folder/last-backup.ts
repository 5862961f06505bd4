import { chownSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const fileName = 'last-backup'

/**
 * Records in the data folder that a backup of it is complete. Whoever made it, the service can read the record.
 *
 * @param madeAt milliseconds since 1970
 * @returns whether it is recorded: the folder may be one that the backup only reads
 */
export function recordBackup(dataFolder: string, madeAt: number): boolean {
  const file = path.join(dataFolder, fileName)
  const started = `${file}.${process.pid}`
  try {
    writeFileSync(started, `${new Date(madeAt).toISOString()}\n`, { mode: 0o600 })
    if (process.getuid?.() === 0) {
      const { uid, gid } = statSync(dataFolder)
      chownSync(started, uid, gid)
    }
    renameSync(started, file)
    return true
  } catch {
    return false
  }
}

/** When the last backup of the data folder was made, in milliseconds since 1970; `undefined`: none is known. */
export function readLastBackup(dataFolder: string): number | undefined {
  let text: string
  try {
    text = readFileSync(path.join(dataFolder, fileName), 'utf8')
  } catch {
    return undefined
  }
  const madeAt = Date.parse(text.trim())
  return Number.isNaN(madeAt) ? undefined : madeAt
}
