import { resourceFolder, resourceHead } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'
import type { SegmentSource } from '../report/code-image.ts'

/** Gathers the resources of each top-level folder into one segment, and leaves every other segment as it is. */
export function gatherResources(sources: readonly SegmentSource[]): SegmentSource[] {
  const folders = new Map<string, SegmentSource[]>()
  const single: SegmentSource[] = []
  for (const source of sources) {
    const folder = source.kind === 'resource' ? resourceFolder(source.name) : undefined
    if (folder === undefined) {
      single.push(source)
      continue
    }
    const files = folders.get(folder)
    if (files === undefined) folders.set(folder, [source])
    else files.push(source)
  }
  refuseNamesAlike([...folders.values()].flat().map(({ name }) => name))
  return [...single, ...[...folders].map(([name, files]) => asOne(name, files))]
}

function asOne(name: string, found: readonly SegmentSource[]): SegmentSource {
  const files = found
    .map((source) => ({ source, key: Buffer.from(source.name), head: headOf(source) }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key))
  return {
    name,
    kind: 'resource',
    length: files.reduce((sum, { head, source }) => sum + head.length + source.length, 0),
    async stream(take) {
      for (const { head, source } of files) {
        take(head)
        await source.stream(take)
      }
    },
  }
}

function headOf({ name, length }: SegmentSource): Buffer {
  return Buffer.from(resourceHead(name, length))
}

/**
 * A Mac, and the simulator on it, take paths for equal that differ only in letter case or in Unicode normalisation: one
 * file would hide the other, or two folders would be one.
 *
 * @throws AppImageError `IPA_NAMES_ALIKE`
 */
function refuseNamesAlike(paths: readonly string[]): void {
  const known = new Map<string, string>()
  for (const path of paths) {
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const part = end === -1 ? path : path.slice(0, end)
      const folded = part.normalize('NFC').toLowerCase()
      if ((known.get(folded) ?? part) !== part)
        throw new AppImageError('IPA_NAMES_ALIKE', undefined, { file: path })
      known.set(folded, part)
      if (end === -1) break
    }
  }
}
