import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** A disk of its own, which can be filled. */
export interface SmallDisk {
  readonly folder: string
  /** Takes all that is left of it. */
  fill(): void
  /** Gives that back. */
  free(): void
  unmount(): void
}

const block = Buffer.alloc(64 * 1024, 1)

/** Whether this process may mount one: what has no such right cannot try what needs a disk of its own. */
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

/** A disk in memory. @throws Error where this process may not mount one */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true })
  mount(folder, megabytes)
  const ballast = path.join(folder, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a')
      try {
        // Down to the last page.
        for (const length of [block.length, 4096, 1]) while (hasWritten(file, length));
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => void unmount(folder),
  }
}

/** Whether so many bytes, or some of them, found room. */
function hasWritten(file: number, length: number): boolean {
  try {
    return writeSync(file, block, 0, length) > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
