import { challengeBodies } from '../../kinds/challenge-body.ts'

export const mediaTypeSimple = challengeBodies({
  id: 'media-type-simple',
  title: "A web page has its visitors' browsers ask for challenges",
  oat: 'OAT-015',
  method: 'JSON under the media types that browsers send across origins without asking first',
  bodies: (genuine) =>
    ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map((type) => ({
      body: genuine,
      headers: { 'content-type': type, origin: 'https://evil.example' },
    })),
})
