import { closeSync, fsyncSync, openSync } from 'node:fs'

/**
 * Makes names that were added to a folder, or removed from it, survive a loss of power. Windows cannot open folders
 * and writes their entries through by itself.
 */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
