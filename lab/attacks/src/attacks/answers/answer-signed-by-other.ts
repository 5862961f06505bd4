import { createSoftwareKey, forgeAttestation } from '@assay/testkit'
import { tamperedAnswer } from '../../kinds/tampered-answer.ts'

export const answerSignedByOther = tamperedAnswer({
  id: 'answer-signed-by-other',
  title: "Another key signs in the installation key's name",
  oat: 'OAT-019',
  method: "client data is untouched, the signature is the attacker's",
  tamper: (answer) => forgeAttestation(answer, createSoftwareKey(), (data) => data),
})
