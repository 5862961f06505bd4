import { tamperedImage } from '../../kinds/tampered-app.ts'

export const segmentRenamed = tamperedImage({
  id: 'segment-renamed',
  title: 'A segment is shown under another name',
  oat: 'OAT-020',
  method: 'classes.dex as classes9.dex, with the same bytes',
  tamper: (segments) =>
    segments.map((segment) =>
      segment.name === 'classes.dex' ? { ...segment, name: 'classes9.dex' } : segment,
    ),
})
