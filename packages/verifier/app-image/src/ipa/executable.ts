import { AppImageError } from '../app-image-error.ts'
import type { ExecutableBytes } from '../mach-o/forward-reader.ts'
import type { ZipEntry } from '../zip/archive.ts'
import type { ByteSource } from '../zip/byte-source.ts'
import { streamContent } from '../zip/entry-content.ts'
import { refuseLink } from './app-content.ts'
import type { AppFiles } from './app-folder.ts'
import type { AppInfo } from './info.ts'

/**
 * The app's main executable. Reading it compares its checksum.
 *
 * @throws AppImageError `IPA_EXECUTABLE_MISSING`, `IPA_LAYOUT` for a symbolic link
 */
export function executableOf(
  source: ByteSource,
  files: AppFiles,
  { executable }: Pick<AppInfo, 'executable'>,
): ExecutableBytes {
  const entry = executable === null || executable.includes('/') ? undefined : entryOf(files, executable)
  if (entry === undefined) {
    throw new AppImageError('IPA_EXECUTABLE_MISSING', 'the app lacks the executable that Info.plist names')
  }
  refuseLink(entry)
  return { length: entry.length, stream: (take) => streamContent(source, entry, take) }
}

/** Archives made on HFS+ have names in another Unicode normalisation than `Info.plist`; to iOS they are equal. */
function entryOf(files: AppFiles, executable: string): ZipEntry | undefined {
  const wanted = executable.normalize('NFC')
  for (const [path, entry] of files) if (path.normalize('NFC') === wanted) return entry
  return undefined
}
