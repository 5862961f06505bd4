import { tamperedImage } from '../../kinds/tampered-app.ts'

export const segmentSplit = tamperedImage({
  id: 'segment-split',
  title: 'A segment is shown as two',
  oat: 'OAT-020',
  method: 'classes.dex as classes.dex and classes9.dex, which together are the same bytes',
  tamper: (segments) =>
    segments.flatMap((segment) => {
      if (segment.name !== 'classes.dex') return [segment]
      const half = segment.bytes.length >> 1
      return [
        { ...segment, bytes: segment.bytes.subarray(0, half) },
        { ...segment, name: 'classes9.dex', bytes: segment.bytes.subarray(half) },
      ]
    }),
})
