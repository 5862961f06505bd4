import { segmentKindByName } from '@assay/protocol'
import type { Archive } from '../zip/archive.ts'

/** Bytes of inflated code that the Android SDK keeps in memory. */
const mostInMemory = 16 * 1024 * 1024

/**
 * Whether an app, as a device has it, holds more compressed code than the SDK keeps in memory. Compressed libraries do not
 * count: Android extracts them at the installation, and the SDK reads those files.
 *
 * @param apks of the app; of variants with the same names, one that is compressed counts
 */
export function hasMuchCompressedCode(
  apks: readonly { readonly archive: Archive; readonly module?: string }[],
): boolean {
  const lengths = new Map<string, number>()
  for (const { archive, module = '' } of apks)
    for (const { name, method, length } of archive.entries.values()) {
      const isCode = segmentKindByName('apk', name) !== undefined && !name.startsWith('lib/')
      const path = `${module}/${name}`
      if (isCode && method !== 0) lengths.set(path, Math.max(length, lengths.get(path) ?? 0))
    }
  return [...lengths.values()].reduce((sum, length) => sum + length, 0) > mostInMemory
}
