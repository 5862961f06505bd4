import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Folders of what is made or installed. */
const made = new Set(['node_modules', 'target', '.build', '.gradle'])

/** What a build is made of. */
export interface BuildInputs {
  /** Every file below them counts, but for what is made or installed there. */
  readonly folders: readonly string[]
  /** Versions of tools and libraries. */
  readonly versions: unknown
}

/**
 * Whether a build was made of the very same inputs.
 *
 * @param stamp the file that remembers what it was made of
 * @param outputs what must still be there
 * @returns `remember`, to be called once it is made; undefined if there is nothing to do
 */
export function unlessBuiltBefore(
  stamp: string,
  inputs: BuildInputs,
  outputs: readonly string[],
): { remember(): void } | undefined {
  const digest = digestOf(inputs)
  const isSame = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
  if (isSame && outputs.every((output) => existsSync(output))) return undefined
  return { remember: () => writeFileSync(stamp, digest) }
}

function digestOf({ folders, versions }: BuildInputs): string {
  const hash = createHash('sha256').update(JSON.stringify(versions))
  for (const folder of folders)
    for (const file of filesBelow(folder)) {
      const content = readFileSync(file)
      hash.update(`${file}\n${content.length}\n`).update(content)
    }
  return hash.digest('hex')
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const place = path.join(folder, entry.name)
      if (entry.isDirectory()) return made.has(entry.name) ? [] : filesBelow(place)
      return entry.isFile() ? [place] : []
    })
}
