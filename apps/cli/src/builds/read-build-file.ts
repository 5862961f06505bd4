import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { BuildFormat, BuildReport, ReadBuildOptions } from '@assay/app-image'
import { segmentKindByName } from '@assay/protocol'
import { fileUnreadable, usageError } from '../faults/cli-error.ts'

/** @throws CliError if there is nothing at this path, or a folder in which a link takes the place of code */
export async function look(file: string): Promise<Stats> {
  const found = await stat(file).catch((cause: unknown) => {
    throw fileUnreadable(file, cause)
  })
  if (found.isDirectory()) await refuseLinks(file)
  return found
}

/** Readers of builds do not follow links: the target of a link would be executed but not measured. */
async function refuseLinks(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue
    const link = path.join(entry.parentPath, entry.name)
    const target = await stat(link).catch(() => undefined)
    if (target?.isDirectory() === true || segmentKindByName('web', entry.name) !== undefined) {
      throw usageError(
        'CLI_BUILD_LINK',
        `${link} is a symbolic link: its target would not be in the build`,
        'Replace it with a copy; `cp -RL FOLDER COPY` does so for a whole folder.',
      )
    }
  }
}

/** The kind of a file by what it holds. Of a file that is none of them the name decides, and its reader refuses it. */
export async function formatOf(file: string): Promise<Exclude<BuildFormat, 'web'>> {
  const { recogniseFormat } = await import('@assay/app-image')
  try {
    return recogniseFormat(file) ?? formatByName(file)
  } catch {
    return formatByName(file)
  }
}

function formatByName(file: string): Exclude<BuildFormat, 'web'> {
  const extension = path.extname(file).slice(1).toLowerCase()
  return extension === 'ipa' || extension === 'aab' || extension === 'apks' ? extension : 'apk'
}

/**
 * Reads an APK, an app bundle, split APKs, an IPA, or the folder of a web build, as the service would. @throws CliError
 * if it is none of these
 */
export async function readBuildFile(
  file: string,
  { coverage, isUpdate, keep }: Pick<ReadBuildOptions, 'coverage' | 'isUpdate' | 'keep'> = {},
): Promise<BuildReport> {
  const found = await look(file)
  const { AppImageError, readBuild } = await import('@assay/app-image')
  try {
    const format = found.isDirectory() ? 'web' : await formatOf(file)
    return await readBuild(file, { format, coverage, isUpdate, ...(keep !== undefined && { keep }) })
  } catch (error) {
    if (!(error instanceof AppImageError)) throw error
    const { adviceFor } = await import('../faults/explanations.ts')
    const about = error.file === undefined ? error.code : `${error.code}: ${error.file}`
    throw usageError('CLI_BUILD_UNREADABLE', `${error.message} (${about})`, adviceFor(error.code), error)
  }
}
