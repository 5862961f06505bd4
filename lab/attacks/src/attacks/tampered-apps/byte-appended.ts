import { tamperedImage } from '../../kinds/tampered-app.ts'

export const byteAppended = tamperedImage({
  id: 'byte-appended',
  title: 'A segment is one zero byte longer',
  oat: 'OAT-020',
  method: 'at the end of classes.dex, where padding would be',
  tamper: (segments) =>
    segments.map((segment) =>
      segment.name === 'classes.dex'
        ? { ...segment, bytes: Buffer.concat([segment.bytes, Buffer.alloc(1)]) }
        : segment,
    ),
})
