import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { BuildReport } from '@assay/app-image'
import { usageError } from '../cli-error.ts'

/** @throws CliError when there is nothing at this path */
export async function look(file: string): Promise<Stats> {
  try {
    return await stat(file)
  } catch (cause) {
    throw usageError('CLI_FILE_UNREADABLE', `${file} cannot be read`, 'Check the path.', cause)
  }
}

/** What a file is, by its name. Whoever reads it finds out whether that is true. */
export function formatOf(file: string): 'apk' | 'ipa' {
  return file.toLowerCase().endsWith('.ipa') ? 'ipa' : 'apk'
}

/** Reads an APK, an IPA, or the folder of a web build, as the service would. @throws CliError when it is none */
export async function readBuildFile(file: string): Promise<BuildReport> {
  const found = await look(file)
  const { AppImageError, readBuild } = await import('@assay/app-image')
  try {
    return await readBuild(file, { format: found.isDirectory() ? 'web' : formatOf(file) })
  } catch (error) {
    if (!(error instanceof AppImageError)) throw error
    const { adviceFor } = await import('../codes/index.ts')
    throw usageError('CLI_BUILD_UNREADABLE', `${error.message} (${error.code})`, adviceFor(error.code), error)
  }
}
