import { createSoftwareKey } from '@assay/testkit'
import { onIphone, onPhone } from '../../kinds/on-phone.ts'

export const copiedKeyRefreshedIphone = onPhone({
  id: 'copied-key-refreshed-iphone',
  title: 'A copied installation key refreshes without the iPhone that vouched for it',
  oat: 'OAT-019',
  method: 'young evidence is remembered; the thief cannot have the App Attest key assert',
  attack: async (world) => {
    const key = createSoftwareKey()
    await onIphone(world, world.phones.iphone(), { key })
    return onIphone(world, { evidence: [] }, { key })
  },
  twin: async (world) => {
    const key = createSoftwareKey()
    const phone = world.phones.iphone()
    await onIphone(world, phone, { key })
    return onIphone(world, phone, { key })
  },
})
