import { stat } from 'node:fs/promises'
import { folderFiles } from './web/folder-files.ts'
import { readArchive } from './zip/archive.ts'
import { openByteSource } from './zip/byte-source.ts'
import { streamContent } from './zip/entry-content.ts'

/** A file inside a build. */
export interface BuildFile {
  /** Its path from the root of the build, with `/` between the parts. */
  readonly name: string
  /** Bytes, uncompressed. */
  readonly length: number
  /** Passes on the content; each chunk is valid only during the call. */
  stream(take: (chunk: Uint8Array) => void): Promise<void>
}

/**
 * Gives the files of an APK, another ZIP, or a folder to `use`. They can be streamed until it settles.
 *
 * @throws AppImageError `ZIP_…` if the file is not a readable archive. Errors of the file system pass through.
 */
export async function withBuildFiles<T>(
  location: string,
  use: (files: readonly BuildFile[]) => Promise<T>,
): Promise<T> {
  if ((await stat(location)).isDirectory()) return use(await folderFiles(location))
  const source = openByteSource(location)
  try {
    const entries = [...readArchive(source).entries.values()]
    return await use(
      entries.map((entry) => ({
        name: entry.name,
        length: entry.length,
        stream: (take) => streamContent(source, entry, take),
      })),
    )
  } finally {
    source.close()
  }
}
