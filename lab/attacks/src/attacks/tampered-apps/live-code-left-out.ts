import { sdkInThread } from '../../kinds/sdk-in-thread.ts'

export const liveCodeLeftOut = sdkInThread({
  id: 'live-code-left-out',
  title: 'The SDK is made to say that this engine shows no source',
  oat: 'OAT-020',
  method: 'in memory; the build is for an engine that does',
  treatment: 'sourceless',
})
