import type { SegmentKind } from '@assay/protocol'
import { hermesMagicLength, isScript, scriptKind } from '../code-image.ts'
import type { SegmentSource } from '../code-image.ts'
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
  const { name } = entry
  if (/^classes[0-9]*\.dex$/.test(name)) return 'dex'
  if (/^lib\/[^/]+\/[^/]+\.so$/.test(name)) return 'native'
  // .NET assemblies of Xamarin, MAUI and of Unity's Mono back end are code like a library's.
  if (/^assemblies\/.+\.(?:dll|blob)$/.test(name)) return 'native'
  if (!name.startsWith('assets/')) return undefined
  if (name.endsWith('.dex')) return 'dex'
  if (/^assets\/bin\/Data\/Managed\/.+\.dll$/.test(name)) return 'native'
  if (!isScript(name)) return undefined
  return scriptKind(readFirstBytes(archive.source, entry, hermesMagicLength))
}
