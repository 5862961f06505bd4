import { AppImageError } from '../../errors/app-image-error.ts'
import type { ExecutableBytes } from '../../mach-o/forward-reader.ts'
import type { ByteSource } from '../../zip/byte-source.ts'
import { streamContent } from '../../zip/entry-content.ts'
import { refuseLink } from './app-content.ts'
import type { AppFiles } from './app-folder.ts'
import type { AppInfo } from './info.ts'

/** The app's main executable. */
export interface AppExecutable extends ExecutableBytes {
  /** Path inside the app's folder, as the archive has it. */
  readonly path: string
}

/**
 * The app's main executable. Reading it compares its checksum.
 *
 * @throws AppImageError `IPA_EXECUTABLE_MISSING`, `IPA_LAYOUT` for a symbolic link
 */
export function executableOf(
  source: ByteSource,
  files: AppFiles,
  { executable }: Pick<AppInfo, 'executable'>,
): AppExecutable {
  const path = executable === null || executable.includes('/') ? undefined : pathOf(files, executable)
  const entry = path === undefined ? undefined : files.get(path)
  if (path === undefined || entry === undefined) {
    throw new AppImageError('IPA_EXECUTABLE_MISSING')
  }
  refuseLink(entry)
  return { path, length: entry.length, stream: (take) => streamContent(source, entry, take) }
}

/** Archives made on HFS+ have names in another Unicode normalisation than `Info.plist`; to iOS they are equal. */
function pathOf(files: AppFiles, executable: string): string | undefined {
  const wanted = executable.normalize('NFC')
  for (const path of files.keys()) if (path.normalize('NFC') === wanted) return path
  return undefined
}
