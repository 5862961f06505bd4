import { closeSync, fsyncSync, openSync } from 'node:fs'
import { chmod, copyFile, mkdir, open } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes names that were added to or removed from a folder survive a loss of power. Windows cannot open folders, and
 * writes their entries through by itself.
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

/** Makes the bytes of a file survive a loss of power. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Copies a file, and makes the folders above the copy. Only the service's own user may read the copy. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(from, to)
  // The copy has the mode of the original, which may be read-only.
  await chmod(to, 0o600)
  await syncFile(to)
}
