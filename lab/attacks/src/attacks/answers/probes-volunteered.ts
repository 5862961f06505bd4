import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const probesVolunteered = tamperedAnswer({
  id: 'probes-volunteered',
  title: 'Probes are answered that nobody asked',
  oat: 'OAT-020',
  method: 'a clean bill of health is added to client data',
  tamper: withClientData(({ probes }) => ({ probes: { ...probes, 'vendor.rooted': false } })),
})
