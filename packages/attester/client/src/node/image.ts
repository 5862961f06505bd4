import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { CodeImage, Segment } from '@assay/measurement'
import { invalidArgument } from '../error.ts'
import { memoryImage, type MemorySegment } from '../image/memory-image.ts'

/** A segment that is a whole file on disk, or bytes in memory. */
export type NodeSegment = MemorySegment | { name: string; kind: Segment['kind']; path: string }

/**
 * A code image of the given segments. Nothing is read before the first `read`, except the sizes of the files.
 *
 * It shows what lies on disk when it is read, which a process that started earlier need not be executing.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for two segments of one name; what `node:fs` throws for a missing file
 */
export async function nodeImage(segments: readonly NodeSegment[]): Promise<CodeImage> {
  const memory = memoryImage(segments.filter((segment) => 'bytes' in segment))
  const files = new Map<string, string>()
  const listed: Segment[] = []
  for (const segment of segments) {
    const { name, kind } = segment
    if ('path' in segment) files.set(name, segment.path)
    listed.push({
      name,
      kind,
      length: 'bytes' in segment ? segment.bytes.length : (await stat(segment.path)).size,
    })
  }
  if (new Set(segments.map(({ name }) => name)).size !== segments.length) {
    throw invalidArgument('two segments have the same name')
  }
  return {
    segments: listed,
    read(name, offset, length) {
      const file = files.get(name)
      return file === undefined ? memory.read(name, offset, length) : readFrom(file, offset, length)
    },
  }
}

/** Which files of a folder are scripts of a build, as registration of a web build sees them. */
const script = /\.(?:js|mjs|cjs)$/

/**
 * A code image of the scripts under `folder`, named by their paths in it, as a registered web build names them.
 *
 * @throws what `node:fs` throws
 */
export async function nodeFolderImage(folder: string): Promise<CodeImage> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const segments = entries
    .filter((entry) => entry.isFile() && script.test(entry.name))
    .map((entry): NodeSegment => {
      const file = path.join(entry.parentPath, entry.name)
      return { name: path.relative(folder, file).split(path.sep).join('/'), kind: 'script', path: file }
    })
  return nodeImage(segments)
}

/** Opened for each read, so that nothing stays open and what is read is what lies there now. */
async function readFrom(file: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
