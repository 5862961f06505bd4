import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** A separate disk, which can be filled. */
export interface SmallDisk {
  readonly folder: string
  /** Fills all of its free space. */
  fill(): void
  /** Frees that space. */
  free(): void
  unmount(): void
}

const block = Buffer.alloc(64 * 1024, 1)

/** Whether this process may mount a disk. */
export function canMountDisk(): boolean {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-disk-'))
  try {
    mount(folder, 1)
    unmount(folder)
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const mount = (folder: string, megabytes: number) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'assay-faults', folder], {
    stdio: 'ignore',
  })

const unmount = (folder: string) => execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' })

/** Mounts a disk in memory. @throws Error if this process may not */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true })
  mount(folder, megabytes)
  const ballast = path.join(folder, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a')
      try {
        // Fills even the last page.
        for (const length of [block.length, 4096, 1]) while (hasWritten(file, length));
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => void unmount(folder),
  }
}

/** Whether all or some of the bytes were written. */
function hasWritten(file: number, length: number): boolean {
  try {
    return writeSync(file, block, 0, length) > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
