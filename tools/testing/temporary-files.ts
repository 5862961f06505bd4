import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'

const memory = '/dev/shm'
/** Bytes that must be free there: a whole run uses less than a quarter of them at its peak. */
const least = 4 * 2 ** 30

/**
 * Keeps temporary files of a run in memory if the machine has enough: databases and folders of one test take half the
 * system time there. `TMPDIR` names another place.
 */
export function setup(): (() => void) | undefined {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return undefined
  const folder = mkdtempSync(`${memory}/assay-`)
  // Open to all, like any folder of temporary files: a database server runs as its own user.
  chmodSync(folder, 0o1777)
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= least
  } catch {
    return false
  }
}
