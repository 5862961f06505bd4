import { forgeAttestation } from '@assay/testkit'
import { tamperedAnswer } from '../../kinds/tampered-answer.ts'

export const evidenceMadeUp = tamperedAnswer({
  id: 'evidence-made-up',
  title: 'Evidence of a kind that the service does not know',
  oat: 'OAT-020',
  method: 'listed in client data and sent, in the hope that it is looked past',
  tamper: (answer, key) =>
    forgeAttestation({ ...answer, evidence: [{ format: 'trust-me', ok: true }] }, key, (data) => ({
      ...data,
      evidence: ['trust-me'],
    })),
})
