import { sdkInThread } from '../../kinds/sdk-in-thread.ts'

export const sdkPatchedInMemory = sdkInThread({
  id: 'sdk-patched-in-memory',
  title: "A function of the SDK is patched in the app's memory",
  oat: 'OAT-020',
  method:
    "over the debugger's protocol the check of plans is made to return at once; the bytes read are pristine",
  treatment: 'patched',
})
