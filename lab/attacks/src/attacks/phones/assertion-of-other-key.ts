import { createSoftwareKey } from '@assay/testkit'
import { onIphone, onPhone } from '../../kinds/on-phone.ts'
import type { HardwareWorld } from '../../world.ts'

async function refreshWith(world: HardwareWorld, fault?: 'other-key') {
  const key = createSoftwareKey()
  const phone = world.phones.iphone()
  await onIphone(world, phone, { key })
  phone.faults.assertion = fault
  return onIphone(world, phone, { key })
}

export const assertionOfOtherKey = onPhone({
  id: 'assertion-of-other-key',
  title: 'A refresh with a copied installation key is asserted by another App Attest key',
  oat: 'OAT-019',
  method: "the thief's own genuine iPhone asserts; the service verifies with the key that it remembers",
  attack: (world) => refreshWith(world, 'other-key'),
  twin: (world) => refreshWith(world),
})
