import { tamperedImage } from '../../kinds/tampered-app.ts'

export const segmentsReordered = tamperedImage({
  id: 'segments-reordered',
  title: 'Two segments change places',
  oat: 'OAT-020',
  method: "two of the SDK's scripts are shown with each other's bytes",
  tamper(segments) {
    const scripts = segments.filter(({ name }) => name.startsWith('assets/assay/client/'))
    const [first, second] = scripts
    if (first === undefined || second === undefined) throw new Error('the SDK is not in the app')
    return segments.map((segment) => {
      if (segment === first) return { ...segment, bytes: second.bytes }
      return segment === second ? { ...segment, bytes: first.bytes } : segment
    })
  },
})
