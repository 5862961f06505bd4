import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const evidenceStripped = tamperedAnswer({
  id: 'evidence-stripped',
  title: 'Downgrade: platform evidence is left out on the way',
  oat: 'OAT-020',
  method: 'client data lists a piece of evidence, none follows',
  tamper: withClientData(() => ({ evidence: ['play-integrity'] })),
})
