import { codeSegmentHead, codeSegmentKind } from '@assay/protocol'
import type { CodeImage, Segment } from '@assay/measurement'
import { readZip } from '../apk/zip.ts'

/**
 * The code image of an APK as a reader inside the installed app finds it: content of entries, not bytes of the ZIP.
 * It keeps the content in memory.
 */
export async function apkCodeImage(apk: Buffer): Promise<CodeImage> {
  const contents = new Map<string, Buffer>()
  const segments: Segment[] = []
  for (const { name, content } of await readZip(apk)) {
    const kind = codeSegmentKind('apk', name, content.subarray(0, codeSegmentHead))
    if (kind === undefined) continue
    contents.set(name, content)
    segments.push({ name, kind, length: content.length })
  }
  return {
    segments,
    read(name, offset, length) {
      const content = contents.get(name)
      if (content === undefined || offset + length > content.length) throw new Error('read outside the image')
      return content.subarray(offset, offset + length)
    },
  }
}
