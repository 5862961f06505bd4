import { crc32 } from 'node:zlib'
import { AppImageError } from '../../errors/app-image-error.ts'
import type { ZipEntry } from '../../zip/archive.ts'
import type { ByteSource } from '../../zip/byte-source.ts'
import { readContent } from '../../zip/entry-content.ts'

/**
 * The content of a small file of the app, its checksum compared.
 *
 * @throws AppImageError `ZIP_BOMB` above `limit` bytes, `ZIP_ENTRY_CORRUPT`, `IPA_LAYOUT` for a symbolic link
 */
export function readAppContent(source: ByteSource, entry: ZipEntry, limit: number): Buffer {
  refuseLink(entry)
  const content = readContent(source, entry, limit)
  if (crc32(content) !== entry.crc32) {
    throw new AppImageError('ZIP_ENTRY_CORRUPT')
  }
  return content
}

/** @throws AppImageError `IPA_LAYOUT`: on a device the file would be another than the one that is read here. */
export function refuseLink({ isLink }: ZipEntry): void {
  if (isLink) throw new AppImageError('IPA_LAYOUT', 'a file that matters is a symbolic link')
}
