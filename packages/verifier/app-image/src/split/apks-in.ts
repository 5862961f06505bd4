import type { Archive, ZipEntry } from '../zip/archive.ts'

/**
 * The APKs of a set: those in `splits/`, as bundletool writes them beside others for old devices; else those at the
 * top; else those in the one folder that holds any, as archivers pack a folder.
 */
export function apksIn({ entries }: Archive): ZipEntry[] {
  const all = [...entries.values()].filter(({ name }) => name.endsWith('.apk') && !leftByFinder.test(name))
  const inFolder = (folder: string) => all.filter(({ name }) => folderOf(name) === folder)
  for (const folder of ['splits/', '']) {
    const apks = inFolder(folder)
    if (apks.length > 0) return apks
  }
  const folders = new Set(all.map(({ name }) => folderOf(name)))
  const [only = ''] = folders
  return folders.size === 1 && /^[^/]+\/$/.test(only) ? all : []
}

/** Finder's archiver adds a second file for each one, of the same name. */
const leftByFinder = /^__MACOSX\//

/** With the `/` at its end; empty at the top. */
function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1)
}
