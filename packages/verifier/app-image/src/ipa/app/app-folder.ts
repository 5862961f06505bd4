import { AppImageError } from '../../errors/app-image-error.ts'
import type { Archive, ZipEntry } from '../../zip/archive.ts'

/** The files of the one app in an IPA, by their path inside its folder. */
export type AppFiles = ReadonlyMap<string, ZipEntry>

const payload = 'Payload'

/**
 * Finds `Payload/<Name>.app/`. Nothing else may be in `Payload` (except what Finder leaves there), because installers
 * take whatever they find first.
 *
 * @throws AppImageError `IPA_LAYOUT`, `ZIP_ENTRY_PATH`, `ZIP_DUPLICATE_ENTRY`
 */
export function findAppFiles({ entries }: Archive): AppFiles {
  const files = new Map<string, ZipEntry>()
  const folders = new Set<string>()
  for (const entry of entries.values()) {
    const [top = '', folder = '', ...inside] = partsOf(entry.name)
    if (top.toLowerCase() !== payload.toLowerCase() || folder === '' || folder === '.DS_Store') continue
    if (top !== payload || !folder.endsWith('.app') || inside.length === 0) {
      throw new AppImageError('IPA_LAYOUT', 'Payload holds something besides the folder of an app')
    }
    folders.add(folder)
    if (inside.at(-1) !== '') files.set(inside.join('/'), entry)
  }
  if (folders.size === 0) throw new AppImageError('IPA_LAYOUT', 'the file holds no Payload/<Name>.app')
  if (folders.size > 1) throw new AppImageError('IPA_LAYOUT', 'the file holds several apps')
  refuseEqualPaths(files)
  return files
}

/** @throws AppImageError `ZIP_ENTRY_PATH` for a path that tools would simplify, each in its own way. */
function partsOf(name: string): string[] {
  const parts = name.split('/')
  const isOdd = parts.some((part, at) => part === '.' || (part === '' && at < parts.length - 1))
  if (isOdd || name.includes('\\')) {
    throw new AppImageError('ZIP_ENTRY_PATH', 'the name of an entry is not a plain path')
  }
  return parts
}

/**
 * The iOS file system treats names that differ only in Unicode normalisation as equal: one file would hide the other.
 */
function refuseEqualPaths(files: AppFiles): void {
  const seen = new Set<string>()
  for (const path of files.keys()) seen.add(path.normalize('NFC'))
  if (seen.size !== files.size) throw new AppImageError('ZIP_DUPLICATE_ENTRY')
}
