import { codeSegmentHead, scriptKind, segmentKindByName, type SegmentKind } from '@assay/protocol'
import type { SegmentSource } from '../report/code-image.ts'
import type { Archive, ZipEntry } from '../zip/archive.ts'
import { readFirstBytes, streamContent } from '../zip/entry-content.ts'

/** The entries of an APK that are executed. */
export function codeSegments(archive: Archive): SegmentSource[] {
  const segments: SegmentSource[] = []
  for (const entry of archive.entries.values()) {
    const kind = segmentKind(archive, entry)
    if (kind === undefined) continue
    segments.push({
      name: entry.name,
      kind,
      length: entry.length,
      stream: (take) => streamContent(archive.source, entry, take),
    })
  }
  return segments
}

function segmentKind(archive: Archive, entry: ZipEntry): SegmentKind | undefined {
  const kind = segmentKindByName('apk', entry.name)
  return kind === 'script' ? scriptKind(readFirstBytes(archive.source, entry, codeSegmentHead)) : kind
}
