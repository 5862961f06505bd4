import { mkdirSync, realpathSync } from 'node:fs'
import path from 'node:path'

/** What a process that reads builds needs from the file system. */
export interface ReaderFolders {
  /** Its program, as JavaScript, in a folder with all the code that it loads. */
  program: string
  /** Where files to read lie. */
  uploadFolder: string
  /** The folder of blobs, which includes the incoming ones, where it writes. */
  blobFolder: string
}

/** Node's permission model, by its name in this version of Node; undefined: this version has none. */
const model = ['--permission', '--experimental-permission'].find((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
)

/**
 * The rights that a process that reads builds loses, besides the environment, as far as this version of Node can do
 * it.
 */
export const withheldFromReader = {
  /** The service's files, other programs, threads, native code. */
  files: model !== undefined,
  network: model !== undefined && process.allowedNodeEnvironmentFlags.has('--allow-net'),
}

/**
 * Arguments for Node that let a process only read uploads and its own code, and write blobs that have no name yet: it
 * has no access to the database, blobs of other builds, keys or settings, other programs, threads, native code and,
 * from Node 25 on, the network. It is not a sandbox: it restrains JavaScript, but does not contain a fault in Node
 * itself.
 */
export function readerRights({ program, uploadFolder, blobFolder }: ReaderFolders): string[] {
  if (model === undefined) return []
  mkdirSync(uploadFolder, { recursive: true, mode: 0o700 })
  const readable = [...withTarget(uploadFolder), ...withTarget(path.dirname(program))]
  return [
    model,
    ...[...new Set(readable)].map((folder) => `--allow-fs-read=${path.join(folder, '*')}`),
    ...withTarget(path.join(blobFolder, 'incoming')).map(
      (folder) => `--allow-fs-write=${path.join(folder, '*')}`,
    ),
  ]
}

/** Node compares the path as given, not where its links lead. */
function withTarget(folder: string): string[] {
  const given = path.resolve(folder)
  return [...new Set([given, realpathSync(given)])]
}
