import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { CodeImage, Segment } from '@assay/measurement'
import { codeSegmentHead, codeSegmentKind, invalidArgument } from '@assay/protocol'
import { memoryImage, type MemorySegment } from '../image/memory-image.ts'

/** A segment that is a whole file on disk, or bytes in memory. */
export type NodeSegment = MemorySegment | { name: string; kind: Segment['kind']; path: string }

/**
 * A code image of the given segments. Nothing is read before the first `read`, except the sizes of the files.
 *
 * It shows what is on disk when it is read, which is not necessarily what a process that started earlier executes.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for two segments with one name; what `node:fs` throws for a missing file
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

/**
 * A code image of the `folder` of a web build, or of an unpacked APK, as registration reads it: every file under it that
 * builds of this format execute, named by its path in the folder.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the argument that is wrong; what `node:fs` throws
 */
export async function nodeFolderImage(folder: string, format: 'web' | 'apk' = 'web'): Promise<CodeImage> {
  if (typeof folder !== 'string') throw invalidArgument('folder: missing or wrong; give a path')
  if (format !== 'web' && format !== 'apk') throw invalidArgument("format: missing or wrong; 'web' or 'apk'")
  const segments: NodeSegment[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, file).split(path.sep).join('/')
    const kind = codeSegmentKind(format, name, await readFrom(file, 0, codeSegmentHead))
    if (kind !== undefined) segments.push({ name, kind, path: file })
  }
  return nodeImage(segments)
}

/** Opened for each read, so that nothing stays open and the current contents are read. */
async function readFrom(file: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
