import { sdkInThread } from '../../kinds/sdk-in-thread.ts'

export const cryptoHooked = sdkInThread({
  id: 'crypto-hooked',
  title: "The platform's function for signing is hooked",
  oat: 'OAT-020',
  method: 'after the SDK has started; as a hook that lifts keys and signatures would be',
  treatment: 'crypto-hooked',
})
