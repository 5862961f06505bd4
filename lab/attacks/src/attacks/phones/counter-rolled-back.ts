import { createSoftwareKey } from '@assay/testkit'
import { onIphone, onPhone } from '../../kinds/on-phone.ts'
import { refused } from '../../verdict.ts'

export const counterRolledBack = onPhone({
  id: 'counter-rolled-back',
  title: 'The counter of an App Attest key is rolled back, as in a copied state of the phone',
  oat: 'OAT-019',
  method: 'enrolled, refreshed twice; the third assertion states what the second did',
  attack: async (world) => {
    const key = createSoftwareKey()
    const phone = world.phones.iphone()
    const again = () => onIphone(world, phone, { key })
    for (const before of [await again(), await again(), await again()])
      if (!before.through) return refused(0, 'NOT_ENROLLED')
    phone.counter -= 1
    return again()
  },
  twin: async (world) => {
    const key = createSoftwareKey()
    const phone = world.phones.iphone()
    await onIphone(world, phone, { key })
    return onIphone(world, phone, { key })
  },
})
