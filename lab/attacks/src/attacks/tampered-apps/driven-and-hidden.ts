import { sdkInThread } from '../../kinds/sdk-in-thread.ts'

export const drivenAndHidden = sdkInThread({
  id: 'driven-and-hidden',
  title: 'The same, and the probes are replaced by ones that find nothing',
  oat: 'OAT-009',
  method: 'the attacker answers what is asked about the environment',
  treatment: 'driven-and-hidden',
})
