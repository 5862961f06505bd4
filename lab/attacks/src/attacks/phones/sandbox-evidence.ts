import { onIphone, onPhone } from '../../kinds/on-phone.ts'

export const sandboxEvidence = onPhone({
  id: 'sandbox-evidence',
  title: "Evidence of Apple's sandbox is given to a service in production",
  oat: 'OAT-020',
  method: 'a build from Xcode on a genuine iPhone, under the genuine App ID',
  attack: (world) => onIphone(world, world.phones.iphone({ environment: 'development' })),
  twin: onIphone,
})
