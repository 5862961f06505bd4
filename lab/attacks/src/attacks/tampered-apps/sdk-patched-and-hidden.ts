import { sdkInThread } from '../../kinds/sdk-in-thread.ts'

export const sdkPatchedAndHidden = sdkInThread({
  id: 'sdk-patched-and-hidden',
  title: 'The same, and what shows the source of functions is patched too',
  oat: 'OAT-020',
  method: 'each function, the showing one included, is shown as it was before',
  treatment: 'patched-and-hidden',
})
