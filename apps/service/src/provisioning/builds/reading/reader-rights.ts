import { mkdirSync, realpathSync } from 'node:fs'
import path from 'node:path'

/** What a process that reads builds needs of the file system. */
export interface ReaderFolders {
  /** Its program, as JavaScript, in a folder with all the code that it loads. */
  program: string
  /** Where files to read lie. */
  uploadFolder: string
  /** Of blobs: among these are the incoming, where it writes. */
  blobFolder: string
}

/** Node's permission model, by the name that this Node has for it; undefined: it has none. */
const model = ['--permission', '--experimental-permission'].find((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
)

/** What is taken from a process that reads builds, besides the environment, as far as this Node can. */
export const takenFromReader = {
  /** Files of the service, other programs, threads, native code. */
  files: model !== undefined,
  network: model !== undefined && process.allowedNodeEnvironmentFlags.has('--allow-net'),
}

/**
 * Arguments for Node that leave a process nothing but reading uploads and its own code, and writing blobs that have no name yet:
 * neither the database, nor blobs of other builds, nor keys and settings, nor other programs, threads, native code, and
 * from Node 25 on no network. It is no sandbox: it holds what JavaScript is made to do, not a fault in Node itself.
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

/** Node compares a path as it is given, not where its links lead. */
function withTarget(folder: string): string[] {
  const given = path.resolve(folder)
  return [...new Set([given, realpathSync(given)])]
}
