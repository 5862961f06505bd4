import { onPhone, onPixel } from '../../kinds/on-phone.ts'
import type { HardwareWorld } from '../../world.ts'

/** The phone has vouched for `before` keys today. */
async function nextKey(world: HardwareWorld, before: number) {
  const phone = world.phones.pixel()
  for (let i = 0; i < before; i++) await onPixel(world, phone)
  return onPixel(world, phone)
}

export const brokerBeyondLimit = onPhone({
  id: 'broker-beyond-limit',
  title: 'The same, for one key more',
  oat: 'OAT-019',
  method:
    "limits attach to the phone's attestation key, not to installation keys, which cost a script nothing",
  attack: (world) => nextKey(world, world.enrolmentsPerDay.device),
  twin: (world) => nextKey(world, world.enrolmentsPerDay.device - 1),
})
