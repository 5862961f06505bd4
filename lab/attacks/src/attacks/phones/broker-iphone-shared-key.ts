import { createSoftwareKey } from '@assay/testkit'
import { always, onIphone, onPhone } from '../../kinds/on-phone.ts'
import type { HardwareWorld } from '../../world.ts'

/** One App Attest key is attested for two installation keys; one of them refreshes. */
async function refreshOf(world: HardwareWorld, which: 'first' | 'second') {
  const keys = { first: createSoftwareKey(), second: createSoftwareKey() }
  const phone = world.phones.iphone()
  await onIphone(world, phone, { key: keys.first })
  const sameKey = always('apple-app-attest', (binding) => phone.attest(binding, phone.key))
  await onIphone(world, { evidence: [sameKey] }, { key: keys.second })
  const asserted = always('apple-app-attest-assertion', (binding) => phone.assert(binding))
  return onIphone(world, { evidence: [asserted] }, { key: keys[which] })
}

export const brokerIphoneSharedKey = onPhone({
  id: 'broker-iphone-shared-key',
  title: 'One App Attest key vouches for the keys of two scripts at once',
  oat: 'OAT-019',
  method: 'the second takes the place of the first, whose refresh is refused; the twin is that of the second',
  attack: (world) => refreshOf(world, 'first'),
  twin: (world) => refreshOf(world, 'second'),
})
