import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppImageError } from '../errors/app-image-error.ts'
import { openByteSource } from '../zip/byte-source.ts'
import type { ByteSource } from '../zip/byte-source.ts'

const mostFiles = 65_535
const chunkLength = 256 * 1024

/** A file of a folder, by its path from there with `/` between the parts. */
export interface FolderFile {
  name: string
  /** Bytes. */
  length: number
  /** Up to `length` bytes from the start. */
  firstBytes(length: number): Buffer
  /** Passes on the content; each chunk is valid only during the call. Fails if the file changed in the meantime. */
  stream(take: (chunk: Buffer) => void): Promise<void>
}

/**
 * Lists the files of a folder and its subfolders. Symbolic links are not followed: what they point to is not part of it.
 *
 * @throws AppImageError `WEB_TOO_MANY_FILES` above the limit of 65,535.
 */
export async function folderFiles(folder: string, limit = mostFiles): Promise<FolderFile[]> {
  const listing = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = listing.filter((each) => each.isFile())
  if (files.length > limit) throw new AppImageError('WEB_TOO_MANY_FILES')
  const found: FolderFile[] = []
  for (const file of files) {
    const location = path.join(file.parentPath, file.name)
    const { size } = await stat(location)
    found.push({
      name: path.relative(folder, location).split(path.sep).join('/'),
      length: size,
      firstBytes: (length) => withSource(location, (source) => source.read(0, Math.min(size, length))),
      stream: async (take) => withSource(location, (source) => readAll(source, size, take)),
    })
  }
  return found
}

function readAll(source: ByteSource, length: number, take: (chunk: Buffer) => void): void {
  if (source.length !== length) throw new Error('a file changed while the build was read')
  const buffer = Buffer.allocUnsafeSlow(Math.min(chunkLength, length))
  for (let at = 0; at < length; at += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, length - at))
    source.fill(chunk, at)
    take(chunk)
  }
}

function withSource<T>(location: string, use: (source: ByteSource) => T): T {
  const source = openByteSource(location)
  try {
    return use(source)
  } finally {
    source.close()
  }
}
