import { concat, lengthPrefixed, uint64 } from '../encoding/bytes.ts'

/**
 * The segment that a resource of an iOS app is part of: the name of its top-level folder with `/` after it, because an
 * app may have more resources than an image has segments. `undefined` for a file at the top, which is a segment of its
 * own. Scripts are segments of their own everywhere.
 *
 * @param path inside the app's folder, `/` between its parts
 */
export function resourceFolder(path: string): string | undefined {
  const slash = path.indexOf('/')
  return slash === -1 ? undefined : path.slice(0, slash + 1)
}

/**
 * What precedes the content of a file in such a segment: LP(path) ‖ u64 length. The files are in the order of the UTF-8
 * bytes of their paths.
 *
 * @param length of the content, in bytes
 */
export function resourceHead(path: string, length: number): Uint8Array {
  return concat(lengthPrefixed(path), uint64(length))
}
