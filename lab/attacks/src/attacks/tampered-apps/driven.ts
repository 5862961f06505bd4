import { sdkInThread } from '../../kinds/sdk-in-thread.ts'

export const driven = sdkInThread({
  id: 'driven',
  title: 'The genuine app is driven by automation',
  oat: 'OAT-009',
  method: 'with what a driver leaves behind in the page',
  treatment: 'driven',
})
