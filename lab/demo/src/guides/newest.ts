import { execFile } from 'node:child_process'
import { copyFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Place } from './place.ts'

const run = promisify(execFile)

/** The newest versions of some frameworks run on no older one. */
const node = 'node@24.21.0'

/**
 * Puts the newest versions of the frameworks, as `examples/web/NAME/newest` has them, in place of those for Node 20.
 *
 * @param names of guides
 * @returns the folder of a Node on which they run
 */
export async function useNewest({ clone, scratch }: Place, names: readonly string[]): Promise<string> {
  for (const name of names) {
    const folder = path.join(clone, 'examples/web', name)
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(path.join(folder, 'newest', file), path.join(folder, file))
  }
  const prefix = path.join(scratch, 'newest-node')
  await mkdir(prefix)
  await run('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--loglevel', 'error', node])
  return path.join(prefix, 'node_modules/node/bin')
}
