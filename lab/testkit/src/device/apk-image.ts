import { codeSegmentHead, codeSegmentKind } from '@assay/protocol'
import { memoryImage, type MemorySegment } from '@assay/client'
import type { CodeImage } from '@assay/measurement'
import { readZip } from '../apk/zip.ts'

/** The segments of an APK as a reader inside the installed app finds them: content of entries, not bytes of the ZIP. */
export async function apkSegments(apk: Buffer): Promise<MemorySegment[]> {
  const segments: MemorySegment[] = []
  for (const { name, content } of await readZip(apk)) {
    const kind = codeSegmentKind('apk', name, content.subarray(0, codeSegmentHead))
    if (kind !== undefined) segments.push({ name, kind, bytes: content })
  }
  return segments
}

/** The code image of an APK. It keeps the content in memory. */
export async function apkCodeImage(apk: Buffer): Promise<CodeImage> {
  return memoryImage(await apkSegments(apk))
}
